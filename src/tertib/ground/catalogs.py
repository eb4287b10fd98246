"""Translations: the .po files are the source, the .mo files are made from them here, since no compiled file is kept in the repository."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "locale"


def compile_catalogs(folder: Path = LOCALE) -> int:
    """Compile every catalogue that is newer than its compiled form. Answers how many were compiled."""
    done = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3])
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        with temporary.open("wb") as file:
            write_mo(file, catalog)
        temporary.replace(target)
        done += 1
    return done


if __name__ == "__main__":
    compile_catalogs()
