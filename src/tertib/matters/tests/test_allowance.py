from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tertib.government.workhours import WIB
from tertib.matters.allowance import Allowance


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(WIB))


@pytest.mark.parametrize(
    ("text", "allowance"),
    [
        ("4 working hours", Allowance("working_minutes", 240)),
        ("1 working hour", Allowance("working_minutes", 60)),
        ("90 working minutes", Allowance("working_minutes", 90)),
        ("  3  Working Days ", Allowance("working_days", 3)),
        ("14 calendar days", Allowance("calendar_days", 14)),
        ("until 2026-11-30T16:00:00+07:00", Allowance("until", 0, at("2026-11-30T16:00"))),
        ("UNTIL 2026-11-30T09:00:00Z", Allowance("until", 0, at("2026-11-30T16:00"))),
    ],
)
def test_allowances_are_read(text: str, allowance: Allowance) -> None:
    assert Allowance.parse(text) == allowance
    written = allowance.to_json()
    assert all(type(value) in (str, int) for value in written.values())
    assert Allowance.from_json(written) == allowance


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "days",
        "3 days",
        "three working days",
        "-3 working days",
        "3.5 working hours",
        "3 working weeks",
        "3 calendar hours",
        "9999 working days",
        "until tomorrow",
        "until 2026-11-30T16:00:00",
        "until",
    ],
)
def test_other_allowances_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowance|moment"):
        Allowance.parse(text)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "working_days"},
        {"kind": "working_days", "amount": True},
        {"kind": "working_days", "amount": 1.5},
        {"kind": "working_days", "amount": "3"},
        {"kind": "working_days", "amount": -1},
        {"kind": "working_days", "amount": 3, "until": "2026-11-30T16:00:00+07:00"},
        {"kind": "weeks", "amount": 3},
        {"kind": "until", "until": 5},
        {"kind": "until", "amount": 5},
    ],
)
def test_malformed_allowances_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"allowance|moment"):
        Allowance.from_json(value)
