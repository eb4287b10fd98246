"""`tertib government …` and `tertib migrate`, on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tertib.cli.main import cli
from tertib.ground.errors import Invalid, NotFound

pytestmark = pytest.mark.usefixtures("fresh_database")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def refused(kind: type[Exception], *arguments: str) -> str:
    with pytest.raises(kind) as raised:
        run(*arguments)
    return str(raised.value)


def test_a_government_is_made_filled_and_looked_at(tmp_path: Path) -> None:
    made = run("government", "create", "kota_contoh", "Kota Contoh", "--area-code", "32.75")
    assert made.exit_code == 0 and "kota-contoh.localhost" in made.output
    files = []
    for kind, form in (("people", "xlsx"), ("posts", "csv"), ("units", "xlsx")):
        files.append(str(tmp_path / f"{kind}.{form}"))
        assert run("government", "import", "--template", kind, "--output", files[-1]).exit_code == 0
    there = ("--government", "kota_contoh")
    assert "2 would be added" in run("government", "import", *files, *there, "--dry-run").output
    assert "Nothing to change" not in run("government", "import", *files, *there).output
    assert "Nothing to change" in run("government", "import", *files, *there).output
    assert "kota_contoh" in run("government", "list").output
    assert "Hari Kemerdekaan" in run("government", "calendar", *there, "--year", "2026").output
    assert "Andi Contoh" in run("government", "password", "walikota", *there, "--password", "seribu lembar").output
    assert "password" in refused(Invalid, "government", "password", "walikota", *there, "--password", "1234567890")
    key = run("government", "token", "WALIKOTA", *there, "--name", "pemindai").output.strip()
    assert key.startswith("tertib_") and " " not in key
    assert "nobody" in refused(NotFound, "government", "token", "nobody", *there, "--name", "pemindai")
    assert "name" in refused(Invalid, "government", "token", "walikota", *there, "--name", " ")
    assert "nobody" in refused(NotFound, "government", "password", "nobody", *there, "--password", "seribu lembar")


def test_what_can_not_be_done_is_said(tmp_path: Path) -> None:
    assert "bekasi, pasuruan" in refused(Invalid, "government", "import", "x.csv")
    assert "bekasi" in refused(NotFound, "government", "calendar", "--government", "nowhere")
    assert "x.csv" in refused(Invalid, "government", "import", str(tmp_path / "x.csv"), "--government", "bekasi")
    assert "bekasi" in refused(Invalid, "government", "create", "bekasi", "Sekali lagi")
    assert "default" in refused(NotFound, "government", "calendar", "--government", "bekasi", "--code", "x")


def test_a_template_goes_to_standard_output() -> None:
    assert run("government", "import", "--template", "units").stdout_bytes.startswith(b"\xef\xbb\xbfcode,name,kind")


def test_migrating_again_changes_nothing() -> None:
    assert "2 governments" in run("migrate").output
    assert "2 governments" in run("migrate").output
