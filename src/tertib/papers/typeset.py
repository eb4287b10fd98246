"""Papers typeset as PDF/A-2b with Typst. Templates read data only as JSON, so no text can become markup."""

from __future__ import annotations

import base64
import io
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

import segno
import typst
from babel.dates import format_date
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image

from tertib.ground.errors import Broken, Invalid, Problem, Unavailable
from tertib.ground.time import now
from tertib.papers import kinds
from tertib.papers.blocks import LONG_WORD_IN_CELL, clean, levels, runs, texts
from tertib.papers.kinds import STANDARD_INSTRUCTIONS, fields

__all__ = ["Letterhead", "fields", "render"]

TEMPLATES = Path(__file__).parent / "typst"
FONT_WHEEL = "fontpkg_arimo"

TITLES = {
    "surat_dinas": "Surat Dinas",
    "nota_dinas": "Nota Dinas",
    "undangan": "Undangan",
    "surat_perintah": "Surat Perintah",
    "lembar_disposisi": "Lembar Disposisi",
    "bukti_pengiriman": "Bukti Pengiriman",
    "buku_agenda": "Buku Agenda",
}

# These repeat what came from outside. A character no font has is shown as � there, instead of being refused.
REPEATING = ("lembar_disposisi", "bukti_pengiriman", "buku_agenda")

# What the fonts certainly have: Latin with its accents and common punctuation. The rest is tried, once each.
_CERTAIN = re.compile(r"[\n\u0020-\u007e\u00a0-\u017f\u2010-\u2015\u2018-\u201e\u2022\u2026]*")

# Of one text, and texts of one paper. Trying a character takes milliseconds that everybody waits for, so whoever pastes
# a book in another script hears of its first characters only.
MOST_MISSING, MOST_TEXTS = 20, 10

# A table's head of such cells stands on each page again: ten columns leave room for eight letters a line.
SHORT_HEAD, SHORT_HEAD_LINES = 80, 5

# A Typst compiler serves one caller at a time. Who waits longer for others' papers is told so; and nobody begins to
# wait behind a slow one when this many do.
WAIT_SECONDS, MOST_WAITING, SLOW_SECONDS = 5.0, 3, 0.5
_lock = Lock()
_waiting: set[int] = set()
_busy_since: list[float] = []


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head (kop) of a paper: government and unit, address lines, and the arms as PNG or JPEG."""

    government: str
    unit: str = ""
    address: str = ""
    contact: str = ""
    arms: bytes | None = None


def render(
    kind: str,
    data: Mapping[str, Any],
    letterhead: Letterhead,
    *,
    draft: bool = False,
    unfinished: bool = False,
    created: datetime | None = None,
) -> bytes:
    """Typeset a paper: the bytes of a PDF/A-2b file, the same for the same arguments.

    `data` follows `fields(kind)`. A draft may lack number and date and says KONSEP across each page;
    an unfinished one has a mark where something is still to be written.
    `created` (aware) becomes the file's creation date; the present moment if not given. Raises `Invalid` for
    data that does not fit, each problem naming its field, and `Unavailable` where too many papers wait already.
    """
    checked = kinds.check_part(kind, data) if unfinished else kinds.check(kind, data, draft=draft)
    checked = _printable(kind, checked)
    if unfinished:
        checked |= kinds.to_come(kind, checked)
    page = {
        "title": _title(kind, checked),
        "author": clean(letterhead.unit or letterhead.government),
        "draft": draft,
        "head": _head(letterhead),
        "data": _prepared(kind, checked),
    }
    moment = created or now()
    try:
        pdf = _compile(kind, page, int(moment.timestamp()))
    except typst.TypstError as error:
        raise Broken(
            Problem(
                _("This paper could not be typeset."),
                where=kind,
                mend=_("Shorten or simplify its text; tell the operator if that does not help."),
            )
        ) from error
    return pdf


def _compile(template: str, page: Mapping[str, Any], timestamp: int) -> bytes:
    inputs = {"page": json.dumps(page, ensure_ascii=False)}
    with _turn():
        pdf = _compiler().compile(
            input=str(TEMPLATES / f"{template}.typ"),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["a-2b"],
            timestamp=timestamp,
        )
    assert isinstance(pdf, bytes)  # noqa: S101 - one output file is one bytes object
    return pdf


@contextmanager
def _turn() -> Iterator[None]:
    """Hold the compiler. Raises `Unavailable` where it takes too long to get it."""
    slow = any(time.monotonic() - since > SLOW_SECONDS for since in tuple(_busy_since))
    if slow and len(_waiting) >= MOST_WAITING:
        raise _busy()
    _waiting.add(get_ident())
    try:
        taken = _lock.acquire(timeout=WAIT_SECONDS)
    finally:
        _waiting.discard(get_ident())
    if not taken:
        raise _busy()
    _busy_since.append(time.monotonic())
    try:
        yield
    finally:
        _busy_since.clear()
        _lock.release()


def _busy() -> Unavailable:
    what = _("Too many papers are being typeset at this moment.")
    return Unavailable(Problem(what, mend=_("Try again in a moment.")))


@cache
def _compiler() -> typst.Compiler:
    """One compiler for the process: reading fonts and templates again would cost more than a letter does."""
    spec = find_spec(FONT_WHEEL)
    folders = [str(Path(place) / "files") for place in (spec.submodule_search_locations or ())] if spec else []
    # With the wheel's fonts every machine sets the same lines; without them, what the system has must do.
    return typst.Compiler(
        input=str(TEMPLATES / "probe.typ"),
        root=str(TEMPLATES),
        font_paths=folders,
        ignore_system_fonts=bool(folders),
    )


def _title(kind: str, data: Mapping[str, Any]) -> str:
    subject = data.get("subject") or data.get("number") or data.get("to")
    return f"{data.get('heading') or TITLES[kind]}: {subject}" if isinstance(subject, str) else TITLES[kind]


def _head(letterhead: Letterhead) -> dict[str, Any]:
    lines = {
        name: runs(_shown(clean(getattr(letterhead, name)).strip()), bold=False)
        for name in ("government", "unit", "address", "contact")
    }
    return {**lines, "arms": _framed(letterhead.arms) if letterhead.arms else None}


@lru_cache(maxsize=64)
def _framed(picture: bytes) -> str:
    """Arms as an SVG that holds them as PNG: the templates take text only. Raises `Invalid`."""
    try:
        with Image.open(io.BytesIO(picture), formats=["PNG", "JPEG"]) as image:
            image.thumbnail((600, 600))
            out = io.BytesIO()
            image.convert("RGBA").save(out, "PNG", optimize=True)
            width, height = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(
            Problem(_("The arms can't be read."), where="arms", mend=_("Use a PNG or JPEG picture."))
        ) from error
    content = base64.b64encode(out.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{content}"/></svg>'
    )


def _prepared(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as the templates take it: strings as runs, dates in words, a QR code drawn."""
    schema = fields(kind)["properties"]
    page: dict[str, Any] = {}
    for name, value in data.items():
        if value == kinds.TO_COME:
            page[name] = runs(value)
        elif schema[name].get("format") == "date":
            page[name] = runs(_in_words(value), bold=False)
        elif name in ("body", "closing"):
            page[name] = [_block(block) for block in value]
        else:
            page[name] = _as_runs(value)
    for item, given in zip(page.get("items", ()), data.get("items", ()), strict=True):
        if "date" in given:
            item["date"] = runs(_in_words(given["date"]), bold=False)
    if url := data.get("signature", {}).get("url"):
        page["signature"]["qr"] = _qr(url)
    if "event_date" in data:
        page["event_day"] = runs(_days(data["event_date"], data.get("event_end")), bold=False)
    if kind == "lembar_disposisi":
        given = data.get("instructions", [])
        phrases = dict.fromkeys((*STANDARD_INSTRUCTIONS, *given))
        page["instructions"] = [{"text": runs(p, bold=False), "chosen": p in given} for p in phrases]
    return page


def _as_runs(value: Any) -> Any:
    if isinstance(value, str):
        return runs(value, bold=False)
    if isinstance(value, Mapping):
        return {name: _as_runs(item) for name, item in value.items()}
    return [_as_runs(item) for item in value]


def _points(points: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """A list as the templates take it: its level, and points with the lists below them."""
    given = list(points)
    top = min(level for level, _item in given)
    items: list[dict[str, Any]] = []
    below: list[tuple[int, str]] = []
    for level, item in given:
        if level > top and items:
            below.append((level, item))
            continue
        if below:
            items[-1]["below"], below = _points(below), []
        # A list that begins deeper than it goes on: its first points stand as if they were of its own level.
        items.append({"runs": runs(item)})
    if below:
        items[-1]["below"] = _points(below)
    return {"level": top, "items": items}


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    kind = block["type"]
    if kind == "numbered":
        return {"type": kind, **_points(zip(levels(block), block["items"], strict=True))}
    if kind != "table":
        return {"type": kind, "runs": runs(block["text"])}
    columns = max(len(row) for row in block["rows"])
    rows = [[*row, *[""] * (columns - len(row))] for row in block["rows"]]
    head = bool(block.get("head", True)) and len(rows) > 1
    numeric = [all(_is_number(row[n]) for row in rows[head:]) for n in range(columns)]
    cells = [[runs(cell, long_word=LONG_WORD_IN_CELL) for cell in row] for row in rows]
    # A head taller than the page would be followed by nothing but itself, page after page.
    short = all(len(cell) <= SHORT_HEAD and cell.count("\n") <= SHORT_HEAD_LINES for cell in rows[0])
    return {"type": kind, "rows": cells, "head": head, "repeat": short, "numeric": numeric}


def _is_number(text: str) -> bool:
    return re.fullmatch(r"(Rp\s?)?[-+\u2212]?[\d.,]+\s?%?|-|", text.strip()) is not None


def _in_words(iso: str, pattern: str = "d MMMM y") -> str:
    return format_date(date.fromisoformat(iso), pattern, locale="id")


def _days(first: str, last: str | None) -> str:
    if first == kinds.TO_COME:
        return first
    pattern = "EEEE, d MMMM y"
    if last is None or last == first:
        return _in_words(first, pattern).replace(", ", "/", 1)
    return f"{_in_words(first, pattern)} s.d. {_in_words(last, pattern)}"


@lru_cache(maxsize=256)
def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, scale=1)
    return out.getvalue().decode()


def _printable(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data with nothing the fonts lack: PDF/A allows no missing letter. Raises `Invalid`."""
    if kind in REPEATING:
        shown: dict[str, Any] = _each_text(data)
        return shown
    found: list[tuple[kinds.Path, Problem]] = []
    for path, text in texts(data):
        if missing := list(dict.fromkeys(islice(_missing(text), MOST_MISSING))):
            problem = Problem(
                format_lazy(_("No font here has {characters}."), characters=" ".join(missing)),
                where=kinds.label(kind, path),
                mend=_("Leave it out or write it in words."),
            )
            found.append((path, problem))
            if len(found) == MOST_TEXTS:
                break
    kinds.refuse(found)
    return data


def _each_text(value: Any) -> Any:
    if isinstance(value, str):
        return _shown(value)
    if isinstance(value, Mapping):
        return {name: _each_text(item) for name, item in value.items()}
    return [_each_text(item) for item in value] if isinstance(value, list) else value


def _shown(text: str) -> str:
    missing = set(_missing(text))
    return "".join("\ufffd" if character in missing else character for character in text)


def _missing(text: str) -> Iterator[str]:
    if _CERTAIN.fullmatch(text):
        return
    for character in text:
        if not _CERTAIN.fullmatch(character) and not _can_print(character):
            yield character


@lru_cache(maxsize=10_000)
def _can_print(character: str) -> bool:
    # Private use characters mean something else in every font, and PDF/A wants them explained.
    if "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000":
        return False
    try:
        # After a letter, so that an accent has something to sit on.
        _compile("probe", {"text": f"a{character}"}, 0)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return False
    return True
