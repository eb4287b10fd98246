"""`tertib letters import` as somebody at a terminal meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tertib.ground.tenancy.models import Government


def tertib(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tertib.cli.main", "letters", "import", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_from_the_template_to_imported_letters(transactional_government: Government, tmp_path: Path) -> None:
    from tertib.matters.setup import prepare
    from tertib.matters.testing import grant, make_post, make_unit, root_unit
    from tertib.rooms.letters.models import Letter

    prepare(transactional_government)
    make_post(root_unit(), "Wali Kota", head=True)
    health = make_unit("Dinas Kesehatan")
    grant(make_post(health, "Agendaris"), "registrar", health)
    path = str(tmp_path / "agenda.xlsx")

    assert tertib("--template", path).returncode == 0
    assert "is there already" in tertib("--template", path).stderr
    # Its two rows are examples of a unit with the code dinkes.
    refused = tertib(path, "--government", "bekasi")
    assert refused.returncode == 1 and refused.stderr.count("agenda.xlsx") == 2 and not Letter.objects.exists()
    health.code = "dinkes"
    health.save()
    assert tertib(path, "--government", "bekasi", "--dry-run").stdout.startswith("2 letters would be imported")
    assert tertib(path, "--government", "bekasi").stdout == "2 letters imported, 0 were here already.\n"
    assert tertib(path, "--government", "bekasi").stdout == "0 letters imported, 2 were here already.\n"
    assert "Say which government" in tertib(path).stderr
    assert Letter.objects.count() == 2
