"""The rows of the demo city are what the import takes."""

from __future__ import annotations

import csv
import io

import pytest

from tertib.demo.city import SCHEMAS, City, city
from tertib.government import imports


def _tables(found: City) -> list[imports.Table]:
    tables = []
    for kind in imports.KINDS:
        rows = getattr(found, kind)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        tables.append(imports.read(text.getvalue().encode(), f"{kind}.csv"))
    return tables


@pytest.mark.usefixtures("government")
@pytest.mark.django_db
@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_demo_city_is_imported_and_known_again(schema: str) -> None:
    found = city(schema)
    counts = imports.apply(imports.plan(_tables(found)), None)
    assert (counts.units.added, counts.posts.added) == (len(found.units), len(found.posts))
    assert imports.plan(_tables(found)).counts.nothing
