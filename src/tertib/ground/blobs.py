"""Files kept by content: a blob's name is the SHA-256 of its bytes, so a stored file can't change unseen."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tertib.ground.errors import Broken, Invalid, NotFound, Problem, Unavailable

CHUNK = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")
NAMESPACE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Blob:
    """What `put` stored: `sha256` in lower-case hexadecimal, `size` in bytes."""

    sha256: str
    size: int


class Store(Protocol):
    """What every backend offers. No method gives or takes a path, so a backend need not be a folder."""

    def put(self, data: bytes | BinaryIO) -> Blob:
        """Store bytes or everything left in a stream. Durable when it returns. Raises `Unavailable`."""

    def get(self, sha256: str) -> bytes:
        """All bytes, verified. Raises `NotFound`, `Broken` when damaged, `Unavailable`."""

    def open(self, sha256: str) -> BinaryIO:
        """A stream at its start, verified before it is handed out. Raises as `get`."""

    def exists(self, sha256: str) -> bool:
        """Whether a blob of that name is there; it is not read."""

    def delete(self, sha256: str) -> bool:
        """Remove a blob, for an erasure order or a disposal. False when there was none."""

    def discard(self, sha256: str, older_than: float) -> bool:
        """Remove a blob that was last put more than `older_than` seconds ago. False where it is younger or not there.

        Nobody can put it meanwhile and lose it.
        """

    def all(self) -> Iterator[str]:
        """The names of all blobs, sorted."""

    def sweep(self, older_than: float = 86_400) -> int:
        """Remove what killed writers left behind, once it is `older_than` seconds old. Gives how many."""


class FolderStore:
    """Blobs as files `ab/cd/<sha256>` below a root; unfinished ones wait in `tmp/`, where no reader looks."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes | BinaryIO) -> Blob:
        source = io.BytesIO(data) if isinstance(data, bytes | bytearray | memoryview) else data
        with _disk():
            self._temporaries.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self._temporaries / uuid4().hex
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                blob = _copy(source, file)
            with _disk():
                self._publish(temporary, self._path(blob.sha256))
        finally:
            # After a successful rename there is nothing left here; after any failure nothing may stay.
            with suppress(OSError):
                temporary.unlink()
        return blob

    def get(self, sha256: str) -> bytes:
        with self.open(sha256) as file, _disk():
            return file.read()

    def open(self, sha256: str) -> BinaryIO:
        if not DIGEST.fullmatch(sha256):
            raise _absent(sha256)
        with _disk():
            try:
                file = self._path(sha256).open("rb")
            except FileNotFoundError:
                raise _absent(sha256) from None
            try:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                file.seek(0)
            except BaseException:
                file.close()
                raise
        if found != sha256:
            file.close()
            raise Broken(
                Problem(
                    _("A stored file no longer has the content it was stored with."),
                    where=sha256,
                    mend=_("Bring this file back from a backup; until then it can't be shown or trusted."),
                )
            )
        return file

    def exists(self, sha256: str) -> bool:
        return bool(DIGEST.fullmatch(sha256)) and self._path(sha256).is_file()

    def delete(self, sha256: str) -> bool:
        if not DIGEST.fullmatch(sha256):
            return False
        path = self._path(sha256)
        with _disk():
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            _sync(path.parent)
        return True

    def discard(self, sha256: str, older_than: float) -> bool:
        if not self.exists(sha256):
            return False
        path = self._path(sha256)
        with _disk(), self._locked(fcntl.LOCK_EX):
            try:
                if path.stat().st_mtime > time.time() - older_than:
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def all(self) -> Iterator[str]:
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if DIGEST.fullmatch(path.name):
                yield path.name

    def sweep(self, older_than: float = 86_400) -> int:
        limit, removed = time.time() - older_than, 0
        for path in self._temporaries.glob("*"):
            # A writer may finish and take its file away between the listing and the look.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= limit:
                    path.unlink()
                    removed += 1
        return removed

    @property
    def _temporaries(self) -> Path:
        return self.root / "tmp"

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Hold the store: shared by who puts, alone by who discards."""
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _publish(self, temporary: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Always over what may be there: the content is the same by name, a damaged copy is healed, and an old one is
        # young again. Nobody discards it between looking at its age and removing it.
        with self._locked(fcntl.LOCK_SH):
            temporary.replace(path)
        # A concurrent writer may have made the folders and not synced them yet, so each syncs them all.
        for folder in (path.parent, path.parent.parent, self.root):
            _sync(folder)


def store(namespace: str) -> Store:
    """The blobs of one government, kept apart from every other's.

    Raises `Invalid` when `namespace` is not a plain lower-case name.
    """
    from tertib.ground.config import config

    if not NAMESPACE.fullmatch(namespace):
        raise Invalid(
            Problem(
                format_lazy(_("“{name}” can't name a blob store."), name=namespace),
                where="namespace",
                mend=_("Use lower-case letters, digits, - and _, at most 63, no sign first."),
            )
        )
    return FolderStore(config().data / "blobs" / namespace)


def _copy(source: BinaryIO, file: io.RawIOBase) -> Blob:
    """Everything left in `source` to `file`, synced. The source's own errors pass as they are."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        left = memoryview(chunk)
        with _disk():
            while left:
                left = left[file.write(left) or 0 :]
    with _disk():
        os.fsync(file.fileno())
    return Blob(digest.hexdigest(), size)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _absent(sha256: str) -> NotFound:
    return NotFound(Problem(_("This file is not in the store."), where=sha256))


@contextmanager
def _disk() -> Iterator[None]:
    """Turn an error of the file system into one a reader understands."""
    try:
        yield
    except OSError as error:
        what = (
            _("The disk is full; the file was not stored.")
            if error.errno in FULL
            else _("The disk can't be read or written now.")
        )
        mend = _("Ask the operator to free space or to check the data folder, then try again.")
        raise Unavailable(Problem(what, where=_("file store"), mend=mend)) from error
