"""The demo city as rows: units, posts and people of one sample government.

The shape of a government is written down in `data/<schema>.yaml`; this module repeats the patterns every
agency, kecamatan and kelurahan shares. Nothing here is random: a sample person depends only on the code of
the post, so that a post added tomorrow leaves everyone else as they were (but for a name two would share).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from tertib.demo.people import Census, Row, people_of

SCHEMAS = ("bekasi", "pasuruan")
UNIT_COLUMNS = (
    "code",
    "name",
    "short_name",
    "kind",
    "parent",
    "letter_code",
    "area_code",
    "ends_on",
    "address",
)
POST_COLUMNS = ("code", "name", "unit", "is_head", "superior", "grade", "clearance", "roles")
PERSON_COLUMNS = ("nip", "nik", "name", "email", "post", "appointment", "starts_on", "ends_on", "decree")

DATA = files("tertib.demo") / "data"


@dataclass(frozen=True, slots=True)
class City:
    """Rows with exactly the columns above, every value a string; parents come before their children."""

    schema: str
    units: list[Row]
    posts: list[Row]
    people: list[Row]


@dataclass(slots=True)
class _Draft:
    shape: dict[str, Any]
    units: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)

    def unit(self, code: str, name: str, kind: str, parent: str, letter_code: str, **more: str) -> None:
        row = dict.fromkeys(UNIT_COLUMNS, "")
        row.update(code=code, name=name, short_name=name, kind=kind, parent=parent, letter_code=letter_code)
        row["address"] = self.shape["home"]
        self.units.append(row | more)

    def post(
        self,
        code: str,
        name: str,
        unit: str,
        superior: str,
        grade: str,
        *,
        head: bool = False,
        clearance: str = "biasa",
        roles: str = "",
    ) -> None:
        values = (code, name, unit, "yes" if head else "no", superior, grade, clearance, roles)
        self.posts.append(dict(zip(POST_COLUMNS, values, strict=True)))


@cache
def read_yaml(name: str) -> Any:
    """The parsed data file `name`; YAML 1.2, so that a bare `no` stays a word."""
    return YAML(typ="safe", pure=True).load((DATA / name).read_text(encoding="utf-8"))


@cache
def areas() -> dict[str, str]:
    """Area code to name, from `data/areas.csv` (Kemendagri codes; source in `data/README.md`)."""
    lines = (DATA / "areas.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: row["name"] for row in csv.DictReader(lines)}


def city(schema: str) -> City:
    """Units, posts and people of the sample government `schema`; the same rows on every call.

    Raises `KeyError` for a schema that is not one of `SCHEMAS`.
    """
    if schema not in SCHEMAS:
        raise KeyError(schema)
    draft = _Draft(read_yaml(f"{schema}.yaml"))
    _offices(draft)
    _assistants(draft)
    for code, agency in draft.shape["agencies"].items():
        _agency(draft, code, agency)
    for area, name in _children(draft.shape["area"]):
        _kecamatan(draft, area, name)
    districts = [area.replace(".", "") for area, _ in _children(draft.shape["area"])]
    census = Census(draft.shape, read_yaml("names.yaml"), districts)
    return City(schema, draft.units, draft.posts, people_of(census, draft.posts))


def _offices(draft: _Draft) -> None:
    for office in draft.shape["offices"]:
        draft.unit(**{key: value for key, value in office.items() if key in UNIT_COLUMNS})
        for post in office["posts"]:
            draft.post(unit=office["code"], **post)


def _assistants(draft: _Draft) -> None:
    heads: dict[str, str] = {}
    for code, (post, name, letter_code) in draft.shape["assistants"].items():
        heads[code] = post
        draft.unit(code, name, "assistant", "setda", letter_code)
        draft.post(post, name, code, "sekda", "II.b", head=True, clearance="rahasia", roles="reviewer")
    for code, bureau in draft.shape["bureaus"].items():
        name = f"Bagian {bureau['name']}"
        draft.unit(code, name, "division", bureau["assistant"], bureau["letter_code"])
        draft.post(
            f"{code}.kabag",
            f"Kepala {name}",
            code,
            heads[bureau["assistant"]],
            "III.a",
            head=True,
            clearance="terbatas",
            roles="reviewer",
        )
        draft.post(f"{code}.staf", f"Konseptor {name}", code, f"{code}.kabag", "pelaksana")
        for part, part_name in bureau.get("sections", {}).items():
            unit, full = f"{code}.{part}", f"Subbagian {part_name}"
            draft.unit(unit, full, "section", code, f"{bureau['letter_code']}.{part.title()}")
            draft.post(f"{unit}.kasubbag", f"Kepala {full}", unit, f"{code}.kabag", "IV.a", head=True)
            draft.post(f"{unit}.staf", f"Pelaksana {full}", unit, f"{unit}.kasubbag", "pelaksana")


def _agency(draft: _Draft, code: str, agency: dict[str, Any]) -> None:
    name, short, letter = agency["name"], agency["short_name"], agency["letter_code"]
    address = agency.get("address", draft.shape["home"])
    kepala, sekretaris, office = f"{code}.kepala", f"{code}.sekretaris", f"{code}.sekretariat"
    root = draft.units[0]["code"]
    draft.unit(code, name, "agency", root, letter, short_name=short, address=address)
    draft.post(
        kepala,
        agency.get("head", f"Kepala {name}"),
        code,
        "sekda",
        "II.b",
        head=True,
        clearance=agency.get("clearance", "rahasia"),
        roles="reviewer",
    )
    draft.post(
        f"{code}.agendaris",
        f"Agendaris {short}",
        code,
        sekretaris,
        "pelaksana",
        clearance=agency.get("agenda_clearance", "terbatas"),
        roles="registrar",
    )
    draft.unit(
        office,
        f"Sekretariat {name}",
        "division",
        code,
        f"{letter}.Set",
        short_name=f"Sekretariat {short}",
        address=address,
    )
    draft.post(
        sekretaris,
        f"Sekretaris {name}",
        office,
        kepala,
        "III.a",
        head=True,
        clearance="rahasia",
        roles="reviewer",
    )
    draft.post(f"{code}.konseptor", f"Konseptor {short}", office, sekretaris, "pelaksana")
    _divisions(draft, code, agency, address)
    for post in agency.get("posts", []):
        draft.post(unit=code, **post)


def _divisions(draft: _Draft, code: str, agency: dict[str, Any], address: str) -> None:
    short, letter, word = agency["short_name"], agency["letter_code"], agency.get("division_word", "Bidang")
    for part, part_name in agency["divisions"].items():
        unit, full = f"{code}.{part}", f"{word} {part_name}"
        title = f"{agency['division_head']} {part_name}" if "division_head" in agency else f"Kepala {full}"
        draft.unit(
            unit,
            full,
            "division",
            code,
            f"{letter}.{part.title()}",
            short_name=f"{full} {short}",
            address=address,
        )
        draft.post(
            f"{unit}.kabid",
            title,
            unit,
            f"{code}.kepala",
            "III.b",
            head=True,
            clearance=agency.get("division_clearance", "terbatas"),
            roles=agency.get("division_roles", ""),
        )
        draft.post(f"{unit}.staf", f"Pelaksana {full}", unit, f"{unit}.kabid", "pelaksana")


def _kecamatan(draft: _Draft, area: str, name: str) -> None:
    code, full = f"kec-{_slug(name)}", f"Kecamatan {name}"
    letter = f"Kec.{name.replace(' ', '')}"
    address = f"Kantor {full}"
    camat, sekcam, office = f"{code}.camat", f"{code}.sekcam", f"{code}.sekretariat"
    detailed = "detailed" not in draft.shape or area in draft.shape["detailed"]
    draft.unit(code, full, "kecamatan", draft.units[0]["code"], letter, area_code=area, address=address)
    draft.post(camat, f"Camat {name}", code, "sekda", "III.a", head=True, clearance="rahasia", roles="reviewer")
    draft.post(
        f"{code}.agendaris",
        f"Agendaris {full}",
        code,
        sekcam if detailed else camat,
        "pelaksana",
        clearance="terbatas",
        roles="registrar",
    )
    if not detailed:
        return
    draft.unit(office, f"Sekretariat {full}", "section", code, f"{letter}.Set", address=address)
    draft.post(
        sekcam,
        f"Sekretaris {full}",
        office,
        camat,
        "III.b",
        head=True,
        clearance="terbatas",
        roles="reviewer",
    )
    for part, part_name in draft.shape["kecamatan_sections"].items():
        unit, section = f"{code}.{part}", f"Seksi {part_name} {full}"
        draft.unit(unit, section, "section", code, f"{letter}.{part.title()}", address=address)
        draft.post(f"{unit}.kasi", f"Kepala {section}", unit, camat, "IV.a", head=True)
        draft.post(f"{unit}.staf", f"Pelaksana {section}", unit, f"{unit}.kasi", "pelaksana")
    for village_area, village in _children(area):
        _village(draft, village_area, village, parent=code)


def _village(draft: _Draft, area: str, name: str, parent: str) -> None:
    rule = draft.shape["villages"]
    kind = rule["kind"]
    prefix = "kel" if kind == "kelurahan" else kind
    code, full, letter = (
        f"{prefix}-{_slug(name)}",
        f"{kind.title()} {name}",
        f"{prefix.title()}.{name.replace(' ', '')}",
    )
    (head, head_title), (staff, staff_title) = rule["head"], rule["staff"]
    draft.unit(code, full, kind, parent, letter, area_code=area, address=f"Kantor {full}")
    draft.post(
        f"{code}.{head}",
        f"{head_title} {name}",
        code,
        f"{parent}.camat",
        rule["grade"],
        head=True,
        clearance="terbatas",
    )
    # The one member of staff keeps the agenda too: letters for a village need somebody who takes them in.
    draft.post(f"{code}.{staff}", f"{staff_title} {name}", code, f"{code}.{head}", "pelaksana", roles="registrar")


def _children(area: str) -> Iterator[tuple[str, str]]:
    depth = area.count(".") + 1
    return ((code, name) for code, name in areas().items() if code.startswith(f"{area}.") and code.count(".") == depth)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
