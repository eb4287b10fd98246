"""Uploaded files between preview and confirmation: encrypted in the data folder, for an hour, for who sent them."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
import uuid
from pathlib import Path

from tertib.government.fields import decrypt, encrypt
from tertib.ground.config import config
from tertib.ground.errors import Broken

SECONDS = 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")

Files = list[tuple[bytes, str]]


def _folder() -> Path:
    folder = config().data / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def park(files: Files, person: uuid.UUID) -> str:
    """Keep the files and answer the token by which they come back. Files of more than an hour ago are removed."""
    for old in _folder().glob("*.import"):
        if old.stat().st_mtime < time.time() - SECONDS:
            old.unlink(missing_ok=True)
    content = [[name, base64.b64encode(data).decode()] for data, name in files]
    token = secrets.token_urlsafe(24)
    sealed = encrypt(json.dumps({"person": str(person), "files": content}))
    path = _folder() / f"{token}.import"
    path.touch(mode=0o600)
    path.write_bytes(sealed)
    return token


def fetch(token: str, person: uuid.UUID) -> Files | None:
    """The files; None where they are gone, or were sent by somebody else or in another government."""
    path = _folder() / f"{token}.import"
    if not _TOKEN.fullmatch(token) or not path.exists() or path.stat().st_mtime < time.time() - SECONDS:
        return None
    try:
        found = json.loads(decrypt(path.read_bytes()))
    except (Broken, ValueError):
        return None
    if found["person"] != str(person):
        return None
    return [(base64.b64decode(data), name) for name, data in found["files"]]


def drop(token: str) -> None:
    """Remove the files."""
    if _TOKEN.fullmatch(token):
        (_folder() / f"{token}.import").unlink(missing_ok=True)
