"""Measurements make their own installation, so they must load before any is there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tertib.cli.bench import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_a_measurement_loads_where_nothing_is_set_up(name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    command = [sys.executable, "-m", "tertib.cli.main", "bench", name, "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout
