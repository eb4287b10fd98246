"""The story holds together: every actor exists, nobody acts on what they were not given, time runs forward."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, time

import holidays
import pytest

from tertib.demo import story as story_module
from tertib.demo.city import SCHEMAS, City, city
from tertib.demo.story import INSTRUCTIONS, NUMBER_PATTERNS, ROMAN_MONTHS, Letter, Story, sender_number, story

HISTORY = [
    *("unit", "direction", "agenda_number", "number", "letter_date", "received_date", "sender", "recipient"),
    *("subject", "security", "urgency", "classification", "summary", "followed_up_note"),
]
SECURITY = {"biasa": "B", "terbatas": "T", "rahasia": "R", "sangat_rahasia": "SR"}
URGENCY = {"biasa", "segera", "sangat_segera"}
# RULES §5: codes of the second level, and the few leaves whose meaning is known.
SECOND_LEVEL = {"000": 9, "100": 3, "300": 2, "400": 14, "500": 18, "600": 4, "700": 1, "800": 2, "900": 1}
LEAVES = {"000.5.6.2", "000.8.3.3", "100.3.3.2", "800.1.11.1", "000.1.5", "800.1.11.4", "800.1.11.6"}
CLASSIFICATIONS = LEAVES | {f"{top}.{n}" for top, last in SECOND_LEVEL.items() for n in range(1, last + 1)}
OUTGOING_STAGES = {"draft", "review", "sent_back", "awaiting_signature", "signed", "dispatched", "cancelled"}


@pytest.fixture(params=SCHEMAS)
def told(request: pytest.FixtureRequest) -> tuple[City, Story]:
    return city(request.param), story(request.param)


def posts(of: City) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in of.posts}


def everything() -> dict[str, Letter]:
    return {f"{schema}:{letter.key}": letter for schema in SCHEMAS for letter in story(schema).live}


def test_history_is_sixty_plausible_rows_of_2020(told: tuple[City, Story]) -> None:
    where, what = told
    units = {row["code"]: row for row in where.units}
    days_off = holidays.country_holidays("ID", years=2020, categories=("public", "government"))
    assert len(what.history) >= 60
    for row in what.history:
        assert list(row) == HISTORY
        assert row["unit"] in units and row["direction"] in {"in", "out"}
        assert row["security"] in SECURITY and row["urgency"] in URGENCY
        assert row["classification"] in CLASSIFICATIONS, row
        assert all(row[name] for name in ("sender", "recipient", "subject", "summary", "followed_up_note"))
        written = date.fromisoformat(row["letter_date"])
        assert written.year == 2020 and written.weekday() < 5 and written not in days_off, row
        assert bool(row["received_date"]) == (row["direction"] == "in")
        if row["received_date"]:
            received = date.fromisoformat(row["received_date"])
            assert written <= received and received.weekday() < 5 and received not in days_off, row


def test_agenda_numbers_rise_with_the_dates_and_own_numbers_follow_the_pattern(told: tuple[City, Story]) -> None:
    where, what = told
    letter_codes = {row["code"]: row["letter_code"] for row in where.units}
    last: dict[tuple[str, str], int] = {}
    for row in what.history:
        book = (row["unit"], row["direction"])
        assert int(row["agenda_number"]) > last.get(book, 0), row
        last[book] = int(row["agenda_number"])
        if row["direction"] == "out":
            expected = NUMBER_PATTERNS[what.schema].format(
                security=SECURITY[row["security"]],
                n=int(row["agenda_number"]),
                classification=row["classification"],
                unit=letter_codes[row["unit"]],
                roman_month=ROMAN_MONTHS[int(row["letter_date"][5:7]) - 1],
                year=2020,
            )
            assert row["number"] == expected


def test_the_days_the_story_turns_on_are_in_the_agenda() -> None:
    bekasi = {(row["letter_date"], row["unit"], row["direction"]) for row in story("bekasi").history}
    assert {("2020-06-23", "setda", "out"), ("2020-06-29", "pemkot", "out"), ("2020-06-30", "pemkot", "out")} <= bekasi
    pasuruan = {(row["letter_date"], row["unit"], row["direction"]) for row in story("pasuruan").history}
    assert {("2020-05-26", "kec-sukorejo", "out"), ("2020-05-28", "kec-sukorejo", "out")} <= pasuruan


def test_live_letters_are_complete_and_refer_to_what_exists(told: tuple[City, Story]) -> None:
    where, what = told
    units = {row["code"]: row for row in where.units}
    seats = posts(where)
    known = everything()
    assert len(what.live) >= 36
    assert max(Counter(letter.key for letter in what.live).values()) == 1
    for letter in what.live:
        assert letter.unit in units and not units[letter.unit]["ends_on"], letter.key
        assert {letter.actor, *letter.reviewers} | ({letter.signer} - {""}) <= seats.keys(), letter.key
        assert {link.key for link in letter.links} <= {other.key for other in what.live} - {letter.key}
        assert {link.kind for link in letter.links} <= {"reply_to", "follows_up", "attached_to"}
        for party in letter.parties + letter.copies:
            assert party.kind in {"unit", "government", "body", "citizen"}
            own = {row["code"] for row in city(party.government or what.schema).units}
            assert party.unit in own if party.kind in {"unit", "government"} else party.name, letter.key
        if letter.kind == "arrival":
            assert known[letter.of].stage == "dispatched"
        else:
            assert letter.security in SECURITY and letter.urgency in URGENCY
            assert letter.classification in CLASSIFICATIONS, letter.key
            assert letter.subject and letter.parties and letter.text.strip()
            assert not re.search(r"\b20\d\d\b", letter.text.replace("2020", "")), "a year would grow old"
        if letter.kind != "outgoing":
            role = seats[letter.actor]
            assert "registrar" in role["roles"].split(";")
            assert role["unit"] == letter.unit, f"{letter.key}: taken in by the registrar of another unit"


def test_time_runs_forward_within_working_hours_and_ends_yesterday(told: tuple[City, Story]) -> None:
    for letter in told[1].live:
        moments = [letter.at, *(step.at for step in letter.steps)]
        assert moments == sorted(moments) and len(set(moments)) == len(moments), letter.key
        for moment in moments:
            assert -12 <= moment.days <= -1, letter.key
            assert time(8) <= moment.clock < time(11, 31) or time(13) <= moment.clock < time(15, 31), (
                letter.key,
                moment,
            )
        if letter.kind == "incoming":
            assert letter.letter_date <= letter.at.days


def test_an_arrival_comes_after_its_dispatch_and_at_one_of_its_recipients() -> None:
    known = everything()
    for schema in SCHEMAS:
        for letter in story(schema).live:
            if letter.kind == "arrival":
                origin = known[letter.of]
                sent = next(step.at for step in origin.steps if step.do == "dispatch")
                assert sent < letter.at, letter.key
                home = "" if letter.of.startswith(schema) else schema
                assert any(
                    (party.unit, party.government) == (letter.unit, home) for party in origin.parties + origin.copies
                ), letter.key
    assert known["pasuruan:studi-dari-bekasi"].of == "bekasi:studi-pasuruan"
    assert known["bekasi:jawaban-pasuruan"].of == "pasuruan:balas-bekasi"


def dispositions(letter: Letter, heads: dict[str, str]) -> tuple[dict[str, str], dict[str, int], set[str]]:
    """Plays the dispositions of a letter; gives who disposed to whom, the depth of each, and what is still open.

    What has been disposed ends by itself with the last child below it, so that no later step may touch it.
    """
    giver: dict[str, str] = {}
    depth = {"": 0}
    is_open = {""}
    asked: set[str] = set()
    for step in letter.steps:
        at = f"{letter.key}: {step.do} by {step.by} at {step.at}"
        assert step.child in is_open, at
        if step.do == "answer":
            assert step.child in asked and (giver[step.child] or heads[letter.unit]) == step.by, at
            asked.remove(step.child)
            continue
        if step.do == "remind":
            assert step.child in giver and step.by == (giver[step.child] or heads[letter.unit]), at
            continue
        assert step.by == (step.child or heads[letter.unit]), at
        assert step.child not in asked, at
        if step.do == "dispose":
            assert step.to and set(step.instructions) <= set(INSTRUCTIONS) and step.instructions and step.note, at
            assert step.due is not None and step.due >= step.at.days, at
            assert not set(step.to) & giver.keys() and step.by not in step.to, at
            for post in step.to:
                giver[post], depth[post] = step.child, depth[step.child] + 1
            is_open.update(step.to)
        elif step.do == "ask":
            assert step.text and step.child, at
            asked.add(step.child)
        elif step.do == "close":
            assert step.text and not step.child, at
            is_open.clear()
        else:
            assert step.do in {"report", "return"} and step.text and step.child, at
            assert not any(giver[post] == step.child for post in giver), f"{at}: those below end it"
            ended: str | None = step.child
            while ended is not None and not any(giver[post] == ended and post in is_open for post in giver):
                is_open.remove(ended)
                ended = giver.get(ended)
    return giver, depth, is_open


def test_dispositions_make_sound_trees(told: tuple[City, Story]) -> None:
    where, what = told
    heads = {row["unit"]: row["code"] for row in where.posts if row["is_head"] == "yes"}
    levels: dict[str, int] = {}
    late = returned = asked = decided = 0
    for letter in what.live:
        if letter.kind == "outgoing":
            continue
        giver, depth, is_open = dispositions(letter, heads)
        assert giver.keys() <= posts(where).keys(), letter.key
        levels[letter.key] = max(depth.values())
        dues = {post: step.due for step in letter.steps for post in step.to}
        late += sum((dues[post] or 0) < 0 for post in is_open - {""})
        returned += sum(step.do == "return" for step in letter.steps)
        asked += sum(step.do == "ask" for step in letter.steps)
        decided += sum(step.do == "close" for step in letter.steps)
    assert max(levels.values()) >= 3
    assert late >= 5 and returned >= 1 and asked >= 2 and decided >= 1
    assert sum(not letter.steps for letter in what.live if letter.kind == "incoming") >= 2


def test_a_secret_letter_goes_only_to_posts_cleared_for_it(told: tuple[City, Story]) -> None:
    where, what = told
    ranks = list(SECURITY)
    secret = [letter for letter in what.live if letter.security == "rahasia"]
    assert secret
    for letter in secret:
        for post in {
            letter.actor,
            *(step.by for step in letter.steps),
            *(to for step in letter.steps for to in step.to),
        }:
            assert ranks.index(posts(where)[post]["clearance"]) >= ranks.index("rahasia"), (letter.key, post)


def stage_of(letter: Letter, registrars: set[str]) -> str:
    """Plays the review of an outgoing letter and gives where it ends."""
    stage, signed_off = "draft", 0
    for step in letter.steps:
        at = f"{letter.key}: {step.do} by {step.by}"
        match step.do:
            case "submit":
                assert stage in {"draft", "sent_back"} and step.by == letter.actor, at
                stage, signed_off = "review", 0
            case "approve":
                assert stage == "review" and step.by == letter.reviewers[signed_off], at
                signed_off += 1
                stage = "awaiting_signature" if signed_off == len(letter.reviewers) else "review"
            case "comment":
                assert stage == "review" and step.by == letter.reviewers[signed_off] and step.text, at
            case "send_back":
                assert stage == "review" and step.by == letter.reviewers[signed_off] and step.text, at
                stage = "sent_back"
            case "revise":
                assert stage == "sent_back" and step.by == letter.actor, at
            case "sign":
                assert stage == "awaiting_signature" and step.by == letter.signer, at
                stage = "signed"
            case "dispatch" | "cancel_number":
                assert stage == "signed" and step.by in registrars, at
                assert step.text or step.do == "dispatch", at
                stage = "dispatched" if step.do == "dispatch" else "cancelled"
            case _:
                raise AssertionError(at)
    return stage


def test_outgoing_letters_end_where_they_say_and_every_stage_is_shown(told: tuple[City, Story]) -> None:
    where, what = told
    seats = posts(where)
    shown = set()
    for letter in what.live:
        if letter.kind != "outgoing":
            continue
        registrars = {
            code for code, post in seats.items() if post["unit"] == letter.unit and "registrar" in post["roles"]
        }
        assert letter.template in {"surat_dinas", "nota_dinas", "undangan", "surat_perintah"}
        assert letter.reviewers and letter.signer and letter.actor not in {letter.signer, *letter.reviewers}
        assert stage_of(letter, registrars) == letter.stage, letter.key
        shown.add(letter.stage)
    assert shown == OUTGOING_STAGES


def test_ten_doors_open_on_held_posts_and_speak_both_languages(told: tuple[City, Story]) -> None:
    where, what = told
    held = {row["post"] for row in where.people if not row["ends_on"] and row["appointment"] == "definitive"}
    assert len(what.doors) == len({door.post for door in what.doors}) == 10
    for door in what.doors:
        assert door.post in held
        assert door.title.keys() == door.line.keys() == {"id", "en"}


def test_nobody_holds_both_ends_of_a_disposition(told: tuple[City, Story]) -> None:
    where, what = told
    people: dict[str, set[str]] = {}
    for row in where.people:
        if not row["ends_on"]:
            people.setdefault(row["post"], set()).add(row["nip"])
    for letter in what.live:
        for step in letter.steps:
            for post in step.to:
                assert not people[step.by] & people[post], (letter.key, step.by, post)


def test_the_number_of_a_sender_takes_its_date() -> None:
    letter = next(letter for letter in story("bekasi").live if letter.key == "magang")
    assert sender_number(letter, date(2026, 11, 9)) == "102/UCB/FT/XI/2026"
    assert sender_number(replace(letter, number=""), date(2026, 11, 9)) == ""


@pytest.mark.parametrize(
    "change", [{"received": "yesterday"}, {"colour": "red"}, {"sender": {"kind": "unit", "colour": "red"}}]
)
def test_wrong_data_name_the_letter(change: dict[str, object]) -> None:
    good = {"key": "x", "unit": "setda", "registrar": "r", "received": "-2 08:30", "sender": {"kind": "citizen"}}
    with pytest.raises(ValueError, match="letter x"):
        story_module._letter(good | {"summary": "", "steps": []} | change)
