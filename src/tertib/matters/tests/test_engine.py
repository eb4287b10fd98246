from __future__ import annotations

from tertib.matters.engine import act
from tertib.matters.models import Matter
from tertib.matters.testing import City


def test_open_and_finish(city: City) -> None:
    done = city.open("mayor", "analyst")
    matter = Matter.objects.get(pk=done.matter)
    assert matter.due_at
    act(done.matter, "finish", city.reader("analyst"))
