"""Files that were uploaded with a form that is not finished yet: kept at once, so that a mistake in another field
costs no second upload.

The form carries a signed token for each file; it is worth something only to the person who uploaded it, in the same
government.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground import blobs
from tertib.ground.errors import Invalid, Problem, TertibError
from tertib.ground.tenancy import here
from tertib.matters import engine
from tertib.papers import actions as papers
from tertib.papers.orphans import KEEP_SECONDS
from tertib.papers.sniff import MAX_BYTES, clean_name, inspect

SALT = "tertib.letters.upload"
MOST = 20


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is kept but belongs to nothing yet."""

    sha256: str
    name: str
    size: int
    pages: int
    media_type: str
    # Of the first page.
    width: int
    height: int
    token: str


def stage(name: str, data: bytes, reader: Reader) -> Staged:
    """Keep one file. Raises Invalid where it can't be taken."""
    facts = inspect(data, name)
    blob = blobs.store(here.schema()).put(data)
    body = {
        "g": here.schema(), "p": str(reader.person), "h": blob.sha256, "n": facts.clean_name, "s": blob.size,
        "c": facts.pages, "m": facts.media_type, "x": facts.width, "y": facts.height,
    }  # fmt: skip
    return _staged(body, signing.dumps(body, salt=SALT, compress=True))


def _staged(body: dict[str, Any], token: str) -> Staged:
    names = {"h": "sha256", "n": "name", "s": "size", "c": "pages", "m": "media_type", "x": "width", "y": "height"}
    return Staged(**{name: body[key] for key, name in names.items()}, token=token)


def staged(token: str, reader: Reader) -> Staged | None:
    """The file a token stands for; None for a token that is forged, too old or somebody else's."""
    try:
        body: Any = signing.loads(token, salt=SALT, max_age=KEEP_SECONDS)
    except signing.BadSignature:
        return None
    if "m" not in body or body.get("g") != here.schema() or body.get("p") != str(reader.person):
        return None
    return _staged(body, token)


@dataclass(slots=True)
class Uploads:
    """The files of a form: those that are kept, and what is wrong with the others."""

    files: list[Staged] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def said(self) -> list[Problem]:
        """The problems for a page, where they need no name of a field."""
        return [Problem(problem.what, mend=problem.mend) for problem in self.problems]


def of_request(request: HttpRequest, reader: Reader) -> Uploads:
    """All files that came with a form, kept ones and new ones. A file named in `drop` is left out."""
    dropped = set(request.POST.getlist("drop"))
    known = of_tokens(request.POST.getlist("kept"), reader)
    found = {file.sha256: file for file in known.files if file.sha256 not in dropped}
    fresh = new_ones(request, reader)
    return Uploads(
        list((found | {file.sha256: file for file in fresh.files}).values()), known.problems + fresh.problems
    )


def of_tokens(tokens: list[str], reader: Reader) -> Uploads:
    """The files these tokens stand for."""
    found: dict[str, Staged] = {}
    problems: list[Problem] = []
    for token in tokens[:MOST]:
        known = staged(token, reader)
        if known is None:
            problems.append(Problem(_("A file was kept too long."), where="files", mend=_("Choose it again.")))
        else:
            found[known.sha256] = known
    return Uploads(list(found.values()), problems)


def new_ones(request: HttpRequest, reader: Reader) -> Uploads:
    """The files that are uploaded with this request, kept from now on."""
    found: dict[str, Staged] = {}
    problems: list[Problem] = []
    for upload in request.FILES.getlist("files")[:MOST]:
        try:
            file = stage(upload.name or "", _read(upload), reader)
            found[file.sha256] = file
        except TertibError as error:
            said = clean_name(upload.name or "")
            problems += [Problem(f"{said}: {p.what}", where="files", mend=p.mend) for p in error.problems]
    if is_cut_off(request):
        mend = _("Check the connection and send the form again.")
        problems.append(Problem(_("The upload was cut off half-way."), where="files", mend=mend))
    return Uploads(list(found.values()), problems)


def _read(upload: UploadedFile[Any]) -> bytes:
    if (upload.size or 0) > MAX_BYTES:
        what = _("The file has %d MB; at most 25 MB fit.") % -(-(upload.size or 0) // 1024**2)
        raise Invalid(
            Problem(what, where="files", mend=_("Scan with 200 or 300 dots an inch in grey, or divide the file."))
        )
    return bytes(upload.read())


def is_cut_off(request: HttpRequest) -> bool:
    """Whether the form's last field is missing: each form with files ends with `whole`, which a cut-off body lacks."""
    return request.content_type == "multipart/form-data" and "whole" not in request.POST


def add_papers(
    matter: uuid.UUID, kind: str, files: list[Staged], reader: Reader, titles: str = ""
) -> list[dict[str, Any]]:
    """Make the kept files papers of a matter, in the caller's transaction. Answers how the entry names them."""
    from tertib.ground.time import now

    store, at = blobs.store(here.schema()), now()
    made = []
    for file in files:
        title = titles or file.name.rpartition(".")[0]
        version = papers.add_upload(matter, kind, title, store.get(file.sha256), file.name, at, reader.person)
        made.append(papers.reference(version))
    return made


def attach(matter: uuid.UUID, kind: str, files: list[Staged], reader: Reader, titles: str = "") -> None:
    """Add the files to a matter and enter it, in the caller's transaction."""
    if files:
        engine.act(matter, "attach", reader, {"papers": add_papers(matter, kind, files, reader, titles)})
