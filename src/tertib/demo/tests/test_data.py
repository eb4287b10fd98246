"""The sample governments: every reference leads somewhere, every identifier is well-formed and a sample's."""

import re
from collections import Counter
from datetime import date

import pytest

from tertib.demo.city import PERSON_COLUMNS, POST_COLUMNS, SCHEMAS, UNIT_COLUMNS, City, areas, city, read_yaml

KINDS = {
    "government", "leadership", "secretariat", "assistant", "division", "section", "agency",
    "kecamatan", "kelurahan", "desa", "task_force",
}  # fmt: skip
CLEARANCES = {"biasa", "terbatas", "rahasia", "sangat_rahasia"}
ROLES = {"registrar", "archivist", "administrator", "auditor", "reviewer"}
RECEIVING = {"government", "secretariat", "agency", "kecamatan", "kelurahan", "desa", "task_force"}


@pytest.fixture(params=SCHEMAS)
def sample(request: pytest.FixtureRequest) -> City:
    return city(request.param)


def test_rows_have_exactly_the_columns_and_only_text(sample: City) -> None:
    for rows, columns in (
        (sample.units, UNIT_COLUMNS),
        (sample.posts, POST_COLUMNS),
        (sample.people, PERSON_COLUMNS),
    ):
        assert rows
        for row in rows:
            assert tuple(row) == columns
            assert all(isinstance(value, str) and value == value.strip() for value in row.values()), row


def test_the_same_rows_on_every_call(sample: City) -> None:
    assert city(sample.schema) == sample


def test_an_unknown_government_is_refused() -> None:
    with pytest.raises(KeyError):
        city("jakarta")


def test_units_make_one_tree_with_parents_first(sample: City) -> None:
    seen: set[str] = set()
    for row in sample.units:
        assert row["kind"] in KINDS
        assert (row["parent"] in seen) != (row["kind"] == "government"), row
        assert row["code"] not in seen
        seen.add(row["code"])
    for column in ("name", "short_name", "letter_code"):
        assert max(Counter(row[column] for row in sample.units).values()) == 1, column
    limits = {"code": 40, "name": 160, "short_name": 60, "letter_code": 30, "address": 240}
    assert all(0 < len(row[column]) <= limit for row in sample.units for column, limit in limits.items())
    assert all("/" not in row["letter_code"] and " " not in row["letter_code"] for row in sample.units)


def test_every_area_of_the_government_has_its_unit(sample: City) -> None:
    root = sample.units[0]["area_code"]
    expected = {code: name for code, name in areas().items() if code == root or code.startswith(f"{root}.")}
    found = {row["area_code"]: row for row in sample.units if row["area_code"]}
    assert found.keys() == expected.keys()
    for code, row in found.items():
        assert row["name"].endswith(expected[code])
        if code.count(".") == 3:
            parent = next(unit for unit in sample.units if unit["code"] == row["parent"])
            assert parent["area_code"] == code.rpartition(".")[0]


def test_posts_have_a_unit_one_head_and_a_chain_up_to_the_top(sample: City) -> None:
    units = {row["code"]: row for row in sample.units}
    posts = {row["code"]: row for row in sample.posts}
    assert len(posts) == len(sample.posts)
    heads = Counter(row["unit"] for row in sample.posts if row["is_head"] == "yes")
    assert heads == Counter(units.keys())
    tops = {row["code"] for row in sample.posts if not row["superior"]}
    assert tops == {next(row["code"] for row in sample.posts if row["unit"] == sample.units[0]["code"])}
    for row in sample.posts:
        assert row["unit"] in units
        assert row["clearance"] in CLEARANCES
        assert row["grade"]
        assert set(filter(None, row["roles"].split(";"))) <= ROLES
        steps, at = 0, row["code"]
        while posts[at]["superior"]:
            at, steps = posts[at]["superior"], steps + 1
            assert steps < 10, f"{row['code']} never reaches the top"


def test_whoever_receives_letters_has_a_registrar(sample: City) -> None:
    registrars = {row["unit"] for row in sample.posts if "registrar" in row["roles"]}
    assert {row["code"] for row in sample.units if row["kind"] in RECEIVING} <= registrars
    for role in ROLES:
        assert any(role in row["roles"] for row in sample.posts), role


def test_people_are_well_formed_samples(sample: City) -> None:
    given = {sex: set(names) for sex, names in read_yaml("names.yaml").items()}
    root = sample.units[0]["area_code"]
    districts = {code.replace(".", "") for code in areas() if code.startswith(root) and code.count(".") == 2}
    for row in sample.people:
        nip = re.fullmatch(r"(\d{8})(\d{6})([12])(9\d\d)", row["nip"])
        nik = re.fullmatch(r"(\d{6})(\d{2})(\d{4})(9\d{3})", row["nik"])
        assert nip and nik, row
        born = date(int(row["nip"][:4]), int(row["nip"][4:6]), int(row["nip"][6:8]))
        hired = date(int(row["nip"][8:12]), int(row["nip"][12:14]), 1)
        woman = nip[3] == "2"
        assert nik[1] in districts
        assert nik[2] == f"{born.day + 40 * woman:02d}"
        assert nik[3] == f"{born:%m%y}"
        assert 18 * 365 < (hired - born).days < 35 * 365
        assert hired <= date.fromisoformat(row["starts_on"])
        *given_names, mark = row["name"].split()
        assert mark == "Contoh" and set(given_names) <= given["women" if woman else "men"]
        assert re.fullmatch(rf"[a-z0-9.-]+@{sample.schema}\.example", row["email"])
        assert "(contoh)" in row["decree"] and len(row["decree"]) <= 120


def test_one_person_is_one_nip_nik_name_and_address(sample: City) -> None:
    identities = {tuple(row[key] for key in ("nip", "nik", "name", "email")) for row in sample.people}
    for column in zip(*identities, strict=True):
        assert len(set(column)) == len(identities)


def test_appointments_fill_the_posts_without_two_definitive_holders(sample: City) -> None:
    posts = {row["code"]: row for row in sample.posts}
    ended = {row["code"] for row in sample.units if row["ends_on"]}
    current = [row for row in sample.people if not row["ends_on"]]
    assert all(row["appointment"] in {"definitive", "plt", "plh"} for row in sample.people)
    for row in sample.people:
        assert row["post"] in posts
        assert not row["ends_on"] or date.fromisoformat(row["starts_on"]) < date.fromisoformat(row["ends_on"])
        if row["ends_on"]:
            later = [r["starts_on"] for r in current if r["post"] == row["post"]]
            assert all(start > row["ends_on"] for start in later), row
    filled = Counter(row["post"] for row in current)
    assert {code for code, post in posts.items() if post["unit"] not in ended} == set(filled)
    for kind in ("definitive", "plt", "plh"):
        holders = Counter(row["post"] for row in current if row["appointment"] == kind)
        assert max(holders.values()) == 1
    own = {row["nip"] for row in current if row["appointment"] == "definitive"}
    assert all(row["nip"] in own for row in current if row["appointment"] != "definitive")
