"""Whether there is a browser at all; without one the other files of this folder are left out."""

from __future__ import annotations

import subprocess

import pytest

from browser.conftest import CHROMIUM

pytestmark = pytest.mark.browser


def test_chromium_is_there() -> None:
    if CHROMIUM is None:
        pytest.skip("Chromium not found: browser tests not run")
    found = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert "Chrom" in found.stdout
