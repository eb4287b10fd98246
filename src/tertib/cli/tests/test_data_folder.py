"""What lies in the data folder is closed to other accounts of the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tertib.cli import up


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


@pytest.mark.parametrize("own_database", [True, False])
def test_it_is_closed_at_start(tmp_path: Path, own_database: bool) -> None:
    data = tmp_path / "data"
    inner = [data / "blobs", data / "blobs" / "kota", data / "secrets"]
    for folder in (data, *inner):
        folder.mkdir()
        folder.chmod(0o755)
    up._make_folder(data, own_database=own_database)
    assert mode(data) == (0o711 if own_database and os.geteuid() == 0 else 0o700)
    assert {mode(folder) for folder in inner} == {0o700}


def test_a_folder_that_was_closed_is_not_opened(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    up._make_folder(tmp_path, own_database=True)
    assert mode(tmp_path) == 0o700 and mode(tmp_path / "blobs") == 0o700
