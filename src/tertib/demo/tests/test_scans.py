"""What the scans of the sample letters say of themselves, and that registration reads it."""

from __future__ import annotations

from datetime import time

import pytest

from tertib.demo.scans import nature
from tertib.demo.story import Letter, When
from tertib.government.models import Security
from tertib.matters.models import Urgency
from tertib.rooms.letters.proposals import proposals


@pytest.mark.parametrize(
    ("security", "urgency", "said"),
    [
        ("biasa", "biasa", "Biasa"),
        ("biasa", "sangat_segera", "Sangat segera"),
        ("rahasia", "biasa", "Rahasia"),
        ("sangat_rahasia", "segera", "Sangat rahasia / segera"),
    ],
)
def test_the_nature_of_a_scan_is_what_registration_reads(security: str, urgency: str, said: str) -> None:
    letter = Letter(
        "contoh", "incoming", "setda", "agendaris", When(0, time(8)), (), security=security, urgency=urgency
    )
    assert nature(letter) == said
    found = proposals(f"Sifat : {said}")
    assert found.security == (Security[security.upper()] if security != "biasa" else None)
    assert found.urgency == (Urgency[urgency.upper()] if urgency != "biasa" or security == "biasa" else None)
