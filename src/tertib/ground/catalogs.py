"""Translations: gathered from the source, kept as .po files, compiled to .mo files, which the repository does not keep.

python -m tertib.ground.catalogs             compile what has changed
python -m tertib.ground.catalogs --gather    first write every text of the source into the catalogues
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parent.parent
LOCALE = SOURCE / "locale"

_KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Tertib\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def compile_catalogs(folder: Path = LOCALE) -> int:
    """Compile every catalogue that is newer than its compiled form. Answers how many were compiled."""
    done = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalog = read(source)
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        with temporary.open("wb") as file:
            write_mo(file, catalog)
        temporary.replace(target)
        done += 1
    return done


def read(source: Path) -> Catalog:
    """The catalogue as its file has it."""
    with source.open("rb") as file:
        return read_po(file, locale=source.parts[-3])


def texts(folder: Path = SOURCE) -> Catalog:
    """Every text of the Python files and templates that waits for a translation, by file; tests are left out."""
    found = Catalog()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if "tests" in name.parts or name.name == "testing.py" or path.suffix not in (".py", ".html"):
            continue
        source = path.read_bytes() if path.suffix == ".py" else b"\n".join(_as_python(path))
        for line, message, _comments, context in extract("python", BytesIO(source), keywords=_KEYWORDS):
            found.add(message, locations=[(name.as_posix(), line)], context=context)
    return found


def _as_python(template: Path) -> Iterator[bytes]:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    for line in templatize(template.read_text(), origin=str(template)).splitlines():
        # What is left of the markup is no Python; its indentation would end the reading half-way.
        yield line.lstrip().encode()


def gather(target: Path, wanted: Catalog) -> None:
    """Write the catalogue anew: the texts of the source in its order, with the translations there are."""
    known = read(target)
    header = _HEADER.format(locale=known.locale_identifier, plural_forms=known.plural_forms)
    fresh = read_po(BytesIO(header.encode()), locale=known.locale)
    for message in wanted:
        if not message.id:
            continue
        there = known.get(message.id, message.context)
        # Lines change with every edit; files alone keep the catalogue quiet and in order.
        files = sorted({(name, 1) for name, _line in message.locations})
        string = there.string if there else None
        fresh.add(message.id, string, files, message.flags, context=message.context)
    text = BytesIO()
    write_po(text, fresh, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.write_bytes(header.encode() + text.getvalue().rstrip(b"\n") + b"\n")
    temporary.replace(target)


if __name__ == "__main__":
    if "--gather" in sys.argv[1:]:
        for place in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
            gather(place, texts())
    compile_catalogs()
