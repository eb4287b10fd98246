from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.ground import blobs, config
from tertib.ground.blobs import FolderStore
from tertib.ground.errors import Broken, Invalid, NotFound, Unavailable


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "blobs")


def on_disk(store: FolderStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


@given(st.binary(max_size=5000))
def test_what_is_put_can_be_got(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = FolderStore(Path(root))
        blob = folder.put(data)
        assert blob == folder.put(io.BytesIO(data))
        assert (blob.sha256, blob.size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert folder.get(blob.sha256) == data
        with folder.open(blob.sha256) as stream:
            assert stream.read() == data
        assert list(folder.all()) == [blob.sha256]
        assert len(on_disk(folder)) == 1


def test_a_stream_longer_than_a_chunk_is_stored_whole(folder: FolderStore) -> None:
    data = os.urandom(blobs.CHUNK) * 2 + b"tail"
    blob = folder.put(io.BytesIO(data))
    assert blob.size == len(data)
    assert folder.get(blob.sha256) == data


def test_absent_and_deleted(folder: FolderStore) -> None:
    blob = folder.put(b"surat")
    assert folder.exists(blob.sha256)
    assert folder.delete(blob.sha256)
    assert not folder.delete(blob.sha256)
    assert not folder.exists(blob.sha256)
    assert list(folder.all()) == []
    with pytest.raises(NotFound):
        folder.get(blob.sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "/" * 64])
def test_a_name_that_is_no_digest_reaches_no_file(folder: FolderStore, name: str) -> None:
    assert not folder.exists(name)
    assert not folder.delete(name)
    with pytest.raises(NotFound):
        folder.get(name)


def flip(path: Path) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize("damage", [flip, truncate])
def test_damage_is_found_and_named_and_healed_by_putting_again(
    folder: FolderStore, damage: Callable[[Path], None]
) -> None:
    data = os.urandom(10_000)
    blob = folder.put(data)
    damage(on_disk(folder)[0])
    for read in (folder.get, folder.open):
        with pytest.raises(Broken) as caught:
            read(blob.sha256)
        assert caught.value.problems[0].where == blob.sha256
    folder.put(data)
    assert folder.get(blob.sha256) == data


def test_many_writers_of_the_same_content(folder: FolderStore) -> None:
    data = os.urandom(300_000)
    with ThreadPoolExecutor(16) as pool:
        stored = set(pool.map(lambda _: folder.put(data), range(64)))
    assert len(stored) == 1
    assert folder.get(stored.pop().sha256) == data
    assert len(on_disk(folder)) == 1


WRITER = """
import sys
from pathlib import Path
from tertib.ground.blobs import FolderStore

class Slow:
    def __init__(self):
        self.left = 3
    def read(self, size):
        self.left -= 1
        if self.left == 0:
            print("half", flush=True)
            sys.stdin.read()
        return b"x" * size

FolderStore(Path(sys.argv[1])).put(Slow())
"""


def test_kill_in_the_middle_leaves_no_half_blob(folder: FolderStore) -> None:
    command = [sys.executable, "-c", WRITER, str(folder.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half\n"
        writer.kill()
    assert list(folder.all()) == []
    left = on_disk(folder)
    assert [path.parent.name for path in left] == ["tmp"]
    assert left[0].stat().st_size > 0
    assert folder.sweep() == 0
    assert folder.sweep(older_than=0) == 1
    assert on_disk(folder) == []


def test_killed_at_random_moments_every_visible_blob_is_whole(folder: FolderStore) -> None:
    code = (
        "import sys, os; from pathlib import Path; from tertib.ground.blobs import FolderStore\n"
        "store = FolderStore(Path(sys.argv[1]))\n"
        "print('go', flush=True)\n"
        "while True: store.put(os.urandom(200_000))"
    )
    for pause in (0.01, 0.03, 0.07):
        command = [sys.executable, "-c", code, str(folder.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(pause)
            writer.kill()
    for name in folder.all():
        assert len(folder.get(name)) == 200_000


FULL_DISK = """
import resource, sys
from pathlib import Path
from tertib.ground.blobs import FolderStore
from tertib.ground.errors import Unavailable

resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
try:
    FolderStore(Path(sys.argv[1])).put(b"x" * 4_000_000)
except Unavailable:
    sys.exit(7)
"""


def test_a_full_disk_leaves_nothing(folder: FolderStore) -> None:
    finished = subprocess.run([sys.executable, "-c", FULL_DISK, str(folder.root)], check=False)
    assert finished.returncode == 7
    assert on_disk(folder) == []


def test_a_data_folder_that_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file where a folder should be")
    with pytest.raises(Unavailable):
        FolderStore(tmp_path / "blobs").put(b"surat")


def test_a_failing_source_leaves_nothing(folder: FolderStore) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 0:
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        folder.put(Cut(b"x" * 100))
    assert on_disk(folder) == []


def test_governments_are_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "config", lambda: SimpleNamespace(data=tmp_path))
    blob = blobs.store("bekasi").put(b"surat")
    assert blobs.store("bekasi").exists(blob.sha256)
    assert not blobs.store("pasuruan").exists(blob.sha256)
    for name in ("", "..", "a/b", "Bekasi", "a" * 64, "-a", "a\n"):
        with pytest.raises(Invalid):
            blobs.store(name)
