"""Words of the other language on a page: texts of the catalogue that stand there as they would in the other one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

import tertib

if TYPE_CHECKING:
    from playwright.sync_api import Page

CATALOGUE = Path(tertib.__file__).parent / "locale/id/LC_MESSAGES/django.po"
# What is seen or read aloud in the language of the page; what says that it is of another one is left out.
TEXTS = """() => {
  const found = new Set(), ours = document.documentElement.lang;
  const apart = "script, style, textarea, option, code, kbd";
  const mine = (one) => one.closest("[lang]").lang === ours && !one.closest(apart);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.data.trim() && mine(node.parentElement)) found.add(node.data);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`)) if (mine(one)) found.add(one.getAttribute(name));
  found.add(document.title.split(" · ")[0]);
  return [...found];
}"""
# Between what the program says and what somebody entered on one line.
PARTS = re.compile(r"\s+·\s+|\s+→\s+|\n")
# With something filled in, these many letters of its own make a text one of the catalogue.
OWN = 12


@cache
def _only(language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """The texts that there are in this language alone: as they stand, and those into which something is filled."""
    with CATALOGUE.open("rb") as file:
        pairs = [
            (english, indonesian)
            for message in read_po(file)
            if message.id
            for english, indonesian in _forms(message.id, message.string)
        ]
    english, indonesian = ({_folded(pair[side]) for pair in pairs} for side in (0, 1))
    texts = english - indonesian if language == "en" else indonesian - english
    plain = frozenset(text for text in texts if "%" not in text and re.search(r"\w{2}", text))
    filled = [re.split(r"%(?:\(\w+\))?[sd]", text) for text in texts if "%" in text]
    patterns = [".+".join(map(re.escape, parts)) for parts in filled if len(re.sub(r"\W", "", "".join(parts))) >= OWN]
    return plain, re.compile("|".join(patterns))


def _forms(english: str | tuple[str, ...], indonesian: str | tuple[str, ...]) -> list[tuple[str, str]]:
    several = (english,) if isinstance(english, str) else english
    theirs = (indonesian,) if isinstance(indonesian, str) else indonesian
    return [(one, theirs[-1]) for one in several]


def _folded(text: str) -> str:
    return " ".join(text.split()).strip(" :.,·“”()").lower()


def strays(page: Page, language: str) -> list[str]:
    """What the page, which is in `language`, says in the other one."""
    plain, filled = _only("en" if language == "id" else "id")
    said = [part for text in page.evaluate(TEXTS) for part in (text, *PARTS.split(text))]
    found = dict.fromkeys(text for text in map(_folded, said) if text in plain or filled.fullmatch(text))
    return list(found)
