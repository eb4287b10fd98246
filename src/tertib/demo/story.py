"""What happens in the demo city: letters of 2020, letters of the current weeks, and the doors of the sign-in.

The letters of 2020 are rows for the agenda import. The current weeks are told in working days before now, so that
the demo is never out of date: `When(-3, time(10, 20))` is 10.20 three working days before today. Nothing here
touches the database; a loader plays it through the ordinary actions.
"""

import csv
import re
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from tertib.demo.city import DATA, read_yaml

INSTRUCTIONS = (
    "tanggapan_saran",
    "proses_lanjut",
    "koordinasi",
    "teliti",
    "siapkan_jawaban",
    "hadiri",
    "laporkan",
    "arsipkan",
    "untuk_diketahui",
)
NUMBER_PATTERNS = {
    "bekasi": "{security}-{n:03d}/{classification}/{unit}/{roman_month}/{year}",
    "pasuruan": "{classification}/{n}/{unit}",
}
ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_WHEN = re.compile(r"(-\d+) (\d\d):(\d\d)")


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A time of day, some working days before today (`days` is negative)."""

    days: int
    clock: time


@dataclass(frozen=True, slots=True)
class Party:
    """A sender or recipient. `kind`: unit (`unit`), government (`government`, `unit`), body or citizen (`name`)."""

    kind: str
    name: str = ""
    unit: str = ""
    government: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Ties a letter to another one of the same government; `kind`: reply_to, follows_up or attached_to."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Step:
    """One action by the holder of a post.

    On an incoming letter: dispose, report, return, ask, answer, remind, close. On an outgoing one: submit, approve,
    comment, send_back, revise, sign, dispatch, cancel_number. `child` is the post whose disposition is acted on, empty
    for the letter itself. `due` is in working days from today. `text` is the report, reason, question or remark.
    """

    by: str
    at: When
    do: str
    child: str = ""
    to: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    note: str = ""
    due: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the current weeks.

    `kind` incoming: registered by `actor` at `at`, from `parties[0]`. Outgoing: begun by `actor` at `at`, to `parties`,
    reviewed by `reviewers` in order, signed by `signer`, left at `stage`. Arrival: the letter `of`
    (`schema:key`) taken in by `actor` at `at`; everything else is as in that letter.
    `letter_date` is in working days before today; `number` is the sender's own and may hold {year} and {roman}.
    """

    key: str
    kind: str
    unit: str
    actor: str
    at: When
    steps: tuple[Step, ...]
    parties: tuple[Party, ...] = ()
    copies: tuple[Party, ...] = ()
    of: str = ""
    number: str = ""
    letter_date: int = 0
    subject: str = ""
    security: str = "biasa"
    urgency: str = "biasa"
    classification: str = ""
    text: str = ""
    template: str = ""
    reviewers: tuple[str, ...] = ()
    signer: str = ""
    stage: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """A post of the one-click sign-in, with title and sentence by language (`id`, `en`)."""

    post: str
    title: dict[str, str]
    line: dict[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """Rows of the agenda of 2020, letters of the current weeks in order of their beginning, and the doors."""

    schema: str
    history: list[dict[str, str]]
    live: list[Letter]
    doors: list[Door]


def story(schema: str) -> Story:
    """The story of the sample government `schema`. Raises `ValueError` naming the letter whose data are wrong."""
    history = (DATA / schema / "history.csv").read_text(encoding="utf-8").splitlines()
    files = sorted(file.name for file in (DATA / schema).iterdir() if file.name.startswith("live-"))
    raw = [item for name in files for item in read_yaml(f"{schema}/{name}")]
    doors = [Door(**door) for door in read_yaml(f"{schema}/doors.yaml")]
    live = sorted((_letter(item) for item in raw), key=lambda letter: (letter.at, letter.key))
    return Story(schema, list(csv.DictReader(history)), live, doors)


def sender_number(letter: Letter, dated: date) -> str:
    """The sender's number with the year and the Roman month of the day the letter is dated."""
    return letter.number.replace("{year}", str(dated.year)).replace("{roman}", ROMAN_MONTHS[dated.month - 1])


def _letter(item: dict[str, Any]) -> Letter:
    raw = dict(item)
    kind = raw.pop("kind", "incoming")
    try:
        if kind == "outgoing":
            raw |= {
                "actor": raw.pop("drafter"),
                "at": raw.pop("started"),
                "parties": raw.pop("to"),
                "text": raw.pop("body"),
            }
        else:
            raw |= {"actor": raw.pop("registrar"), "at": raw.pop("received")}
        if kind == "incoming":
            raw |= {"parties": [raw.pop("sender")], "text": raw.pop("summary")}
        if unknown := raw.keys() - {field.name for field in fields(Letter)}:
            raise ValueError(f"unknown field {sorted(unknown)}")
        raw |= {name: tuple(Party(**party) for party in raw.get(name, ())) for name in ("parties", "copies")}
        raw |= {"links": tuple(Link(**link) for link in raw.get("links", ()))}
        raw |= {"reviewers": tuple(raw.get("reviewers", ())), "at": _when(raw["at"])}
        return Letter(kind=kind, **raw | {"steps": _steps(raw["steps"])})
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"letter {item.get('key')}: {error!r}") from error


def _steps(raw: list[dict[str, Any]]) -> tuple[Step, ...]:
    """A step acts on the disposition its actor was given in this letter, unless it names another."""
    given: set[str] = set()
    steps = []
    for item in raw:
        child = item.get("child", item["by"] if item["by"] in given else "")
        lists = {name: tuple(item.get(name, ())) for name in ("to", "instructions")}
        steps.append(Step(**item | lists | {"at": _when(item["at"]), "child": child}))
        given.update(lists["to"])
    return tuple(steps)


def _when(text: str) -> When:
    if not (match := _WHEN.fullmatch(text)):
        raise ValueError(f"{text!r} is no time like '-3 10:20'")
    return When(int(match[1]), time(int(match[2]), int(match[3])))
