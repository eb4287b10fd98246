"""Static files as browsers get them: named by their content, kept for a year, compressed once.

At start each file of the apps and packages is written to `STATIC_ROOT` under a name with its hash, with a compressed
copy beside it; WhiteNoise sends those. There is no step to remember after an upgrade, and pages that were open before
one still find the files they name.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware

# Sent as one file, for on a slow line each file more costs a journey there and back; first what every page loads.
TOGETHER = {
    "tertib/common.css": (
        "tertib/tokens.css", "tertib/base.css", "tertib/layout.css", "tertib/forms.css", "tertib/components.css",
    ),
    # What a letter, its registration and its forms load.
    "tertib/letter.css": ("tertib/paper.css", "tertib/viewer.css", "tertib/live.css", "tertib/acts.css"),
}  # fmt: skip
COMPRESSED = {".css", ".js", ".svg", ".json", ".txt"}
_HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
# Remarks on lines of their own are for who reads the source, not for who waits for the page.
_REMARK = re.compile(rb"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/)[^\n])*\*/[ \t]*)\n", re.MULTILINE)


@lru_cache(maxsize=256)
def hashed(name: str) -> str:
    """The name of a static file with the hash of its content; the name itself where there is no such file."""
    content = read(name)
    if content is None:
        return name
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"))


def read(name: str) -> bytes | None:
    """What is sent of a static file, our own without their remarks; None where there is no such file."""
    if name in TOGETHER:
        return b"\n".join(read(part) or b"" for part in TOGETHER[name])
    found = finders.find(name)
    if not isinstance(found, str):
        return None
    content = Path(found).read_bytes()
    ours = name.startswith("tertib/") and name.endswith((".css", ".js"))
    return _REMARK.sub(b"", content) if ours else content


def lay_out(folder: Path) -> None:
    """Write all files under their names of content, compressed too. Files that are there already are left alone."""
    names = {name for finder in finders.get_finders() for name, _storage in finder.list(None)}
    for name in sorted(names | TOGETHER.keys()):
        content, target = read(name) or b"", folder / hashed(name)
        if target.suffix in COMPRESSED:
            _write(Path(f"{target}.gz"), lambda content=content: gzip.compress(content, 9, mtime=0))
        _write(target, lambda content=content: content)


def _write(target: Path, content: Any) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # Several processes may start at once: each writes its own, and the last one to be renamed stays.
    own = target.with_name(f"{target.name}.{os.getpid()}")
    own.write_bytes(content())
    own.replace(target)


@lru_cache(maxsize=8)
def _lay_out_once(folder: Path) -> None:
    lay_out(folder)


class Storage(StaticFilesStorage):
    """Gives each file the address that changes with its content, so that nobody works with an old style sheet."""

    def url(self, name: str | None) -> str:
        return super().url(hashed(name) if name else name)


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Sends the files that were laid out."""

    def __init__(self, get_response: Any = None) -> None:
        _lay_out_once(Path(settings.STATIC_ROOT))
        super().__init__(get_response)

    def immutable_file_test(self, path: str, url: str) -> bool:
        return bool(_HASHED.search(url))
