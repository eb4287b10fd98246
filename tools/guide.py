"""The pages of `docs/users` with pictures, for whoever would rather look than read: a part of `make pictures`.

A comment in a page, `<!-- picture: board phone | Siapa memegang apa -->`, names a picture by its page and size and says
what is on it. Whoever reads the page elsewhere sees the text alone, which says it all too.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
USERS = ROOT / "docs" / "users"
PICTURE = re.compile(r"^<!-- picture: ([\w-]+) (wide|phone) \| (.+) -->$", re.MULTILINE)
STYLE = (
    "body{font:17px/1.6 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#101418}"
    "figure{margin:1.5rem 0}img{max-width:100%;border:1px solid #c8ccd0;border-radius:6px}img.phone{width:18rem}"
    "figcaption{font-size:.875rem;color:#555}table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;"
    "padding:.4rem .8rem .4rem 0;border-top:1px solid #ddd}kbd{border:1px solid #bbb;border-radius:4px;padding:0 5px}"
    "@media print{body{max-width:none;margin:0}figure{break-inside:avoid}}"
)


def pictures(text: str) -> list[tuple[str, str, str]]:
    """The pictures that a page asks for: of which page, how wide, and what is on it."""
    return [(name, size, said) for name, size, said in PICTURE.findall(text)]


def _figure(found: re.Match[str]) -> str:
    name, size, said = (html.escape(part) for part in found.groups())
    source = f"../{name}-{size}-light.png"
    return f'<figure><img class="{size}" src="{source}" alt="{said}"><figcaption>{said}</figcaption></figure>'


def page(text: str) -> str:
    """A page with its pictures. Links between pages lead to the pages made here."""
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(PICTURE.sub(_figure, text))
    body = re.sub(r'href="([\w-]+)\.md(#[\w-]+)?"', r'href="\1.html\2"', body)
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    head = f"<title>{html.escape(title[1] if title else 'Tertib')}</title><style>{STYLE}</style>"
    width = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html><html lang="id"><meta charset="utf-8">{width}{head}<main>{body}</main></html>'


def write(folder: Path) -> Path:
    """All pages, in a folder beside the pictures."""
    target = folder / "guide"
    target.mkdir(exist_ok=True)
    for path in sorted(USERS.glob("*.md")):
        (target / f"{path.stem}.html").write_text(page(path.read_text()))
    return target / "README.html"
