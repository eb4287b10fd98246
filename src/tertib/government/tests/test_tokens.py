"""Keys of programs: what is kept of them, when they end, and who is told."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest

from tertib.government import actions, tokens
from tertib.government.models import AdminEntry, ApiToken
from tertib.government.tests.samples import person
from tertib.ground.errors import Invalid, NotFound
from tertib.ground.tenancy import here
from tertib.ground.time import travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]


def test_a_key_is_kept_as_a_hash_and_noted_without_it() -> None:
    who = person("Budi")
    key = tokens.make(who, "  pemindai   lobi ", by=who.pk)
    assert key.startswith(tokens.PREFIX) and len(key) > 45 and tokens.owner(key) == who.pk
    row = ApiToken.objects.get()
    assert row.name == "pemindai lobi" and key.encode() not in bytes(row.token_hash)
    entry = AdminEntry.objects.get(what="key.made")
    assert entry.person == who.pk and entry.object_id == row.pk and entry.body["person"] == "Budi"
    assert key not in str(entry.body) and key.removeprefix(tokens.PREFIX) not in str(entry.body)
    assert tokens.make(who, "lain") != key


def test_a_key_counts_to_the_end_of_its_last_day_there() -> None:
    who, today = person("Budi"), here.today()
    key = tokens.make(who, "sehari", today + timedelta(days=2))
    midnight = datetime.combine(today + timedelta(days=3), time(), here.zone())
    with travel(midnight - timedelta(seconds=1)):
        assert tokens.owner(key) == who.pk
    with travel(midnight):
        assert tokens.owner(key) is None


def test_a_revoked_key_is_gone_and_noted() -> None:
    who, other = person("Budi"), person("Cici")
    key = tokens.make(who, "a")
    row = ApiToken.objects.get()
    for owner in (other.pk, UUID(int=3)):
        with pytest.raises(NotFound):
            tokens.revoke(row.pk, owner)
    tokens.revoke(row.pk, who.pk, by=who.pk)
    assert tokens.owner(key) is None and not tokens.of(who.pk).exists()
    assert AdminEntry.objects.get(what="key.revoked").body["before"] == {"name": "a"}
    with pytest.raises(NotFound):
        tokens.revoke(row.pk, who.pk)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "a\u200bb"])
def test_a_key_needs_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.make(person("Budi"), name)
    assert [problem.where for problem in refused.value.problems] == ["name"]


@pytest.mark.parametrize("days", [-1, 366 * 12])
def test_a_last_day_lies_ahead_and_not_too_far(days: int) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.make(person("Budi"), "a", here.today() + timedelta(days=days))
    assert [problem.where for problem in refused.value.problems] == ["last_day"]


def test_no_key_for_a_closed_account_and_none_beyond_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    who = person("Budi")
    keys = [tokens.make(who, "a"), tokens.make(who, "b")]
    with pytest.raises(Invalid):
        tokens.make(who, "c")
    actions.retire(who.pk, here.today(), by=None)
    with pytest.raises(Invalid):
        tokens.make(who, "d")
    assert [tokens.owner(key) for key in keys] == [None, None]
