"""Sample people for the posts of the demo city.

Every name ends in "Contoh" (sample), the serials of NIP and NIK start with 9, and each value follows
from the code of the post alone. Shapes as in RULES §10: NIP is YYYYMMDD + YYYYMM + sex + serial; NIK is
area + DDMMYY (a woman's day + 40) + serial.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Row = dict[str, str]
# First year of birth and span by grade: a head is older than the staff and nobody is past retirement.
_BORN = {"II": (1969, 8), "III": (1973, 11), "IV": (1979, 11), "pelaksana": (1986, 11)}


@dataclass(slots=True)
class Census:
    """What is needed to make people: the government's shape, the given names, and its district codes."""

    shape: dict[str, Any]
    names: dict[str, list[str]]
    districts: list[str]
    taken: set[str] = field(default_factory=set)


def people_of(census: Census, posts: list[Row]) -> list[Row]:
    """One row an appointment: current holders, then those acting in a second post, then former holders."""
    shape = census.shape
    vacant = {row["post"] for row in shape["acting"] if not row.get("beside")}
    offices = {office["code"]: office for office in shape["offices"]}
    rows: dict[str, Row] = {}
    for post in posts:
        code, office = post["code"], offices.get(post["unit"], {})
        if code in vacant:
            continue
        starts_on = office.get("starts_on") or _starts_on(shape["schema"], code)
        term = {"appointment": "definitive", "starts_on": starts_on, "ends_on": office.get("ends_on", "")}
        rows[code] = _appointed(shape, _person(census, code, post["grade"]), code, term)
    for row in shape["former"]:
        term = {"appointment": "definitive", "starts_on": row["starts_on"], "ends_on": row["ends_on"]}
        person = _person(census, f"{row['post']}.lama", "II.b")
        rows[f"{row['post']}.lama"] = _appointed(shape, person, row["post"], term)
    acting = [
        _appointed(shape, rows[row["by"]], row["post"], {"appointment": row["as"], "starts_on": row["starts_on"]})
        for row in shape["acting"]
    ]
    return [*rows.values(), *acting]


def _appointed(shape: dict[str, Any], person: Row, post: str, term: Row) -> Row:
    n = _picker(shape["schema"], post, term["appointment"])(900) + 1
    return {
        "nip": person["nip"],
        "nik": person["nik"],
        "name": person["name"],
        "email": person["email"],
        "post": post,
        "appointment": term["appointment"],
        "starts_on": term["starts_on"],
        "ends_on": term.get("ends_on", ""),
        "decree": shape["decree"].format(n=n, year=term["starts_on"][:4]),
    }


def _person(census: Census, post: str, grade: str) -> Row:
    schema = census.shape["schema"]
    pick = _picker(schema, post)
    woman = pick(2) == 0
    first_year, years = _BORN.get(grade.split(".", maxsplit=1)[0], (1970, 14))
    born = date(first_year, 1, 1) + timedelta(days=pick(365 * years))
    # Hired before 2020: the oldest appointment of the story begins in March of that year.
    hired = f"{min(born.year + 22 + pick(6), 2019)}{pick(12) + 1:02d}"
    nip = f"{born:%Y%m%d}{hired}{2 if woman else 1}{900 + pick(100)}"
    district = census.districts[pick(len(census.districts))]
    nik = f"{district}{born.day + (40 if woman else 0):02d}{born:%m%y}{9000 + pick(1000)}"
    name = _name(census.names["women" if woman else "men"], pick, census.taken)
    return {"nip": nip, "nik": nik, "name": name, "email": f"{post}@{schema}.example"}


def _name(given: list[str], pick: Callable[[int], int], taken: set[str]) -> str:
    pairs = len(given) * len(given)
    pair = pick(pairs)
    while True:
        first, second = given[pair // len(given)], given[pair % len(given)]
        name = f"{first} {second} Contoh"
        if first != second and name not in taken:
            taken.add(name)
            return name
        pair = (pair + 1) % pairs


def _starts_on(schema: str, post: str) -> str:
    pick = _picker(schema, post, "starts")
    return f"{2021 + pick(4)}-{pick(12) + 1:02d}-{pick(5) + 2:02d}"


def _picker(*key: str) -> Callable[[int], int]:
    """A function whose n-th call gives a number below its argument, dependent only on `key` and n."""
    state = hashlib.sha256("/".join(key).encode()).digest()

    def below(limit: int) -> int:
        nonlocal state
        state = hashlib.sha256(state).digest()
        return int.from_bytes(state[:8], "big") % limit

    return below
