"""What strangers and colleagues can make one request cost: each of these would run for hours if it were not bounded."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tertib.ground.time import now
from tertib.rooms.letters import versions
from tertib.rooms.letters.proposals import Found, proposals
from tertib.rooms.letters.remarks import Remark, parts, place


@pytest.mark.parametrize("fill", ["\t", " ", "\t \t ", "\n", "\n\t", ". : "])
@pytest.mark.parametrize(
    "label", ["no", "Nomor", "hal", "Perihal", "Sifat", "Yth", "Kepala Dinas", "a.n. ", "DINAS\nNo"]
)
def test_a_scan_full_of_white_space(label: str, fill: str) -> None:
    assert proposals(f"{label}{fill * 4000}!") is not None
    assert proposals(f"{label}{fill * 40}: x\n") is not None


def test_numbers_are_still_found_beside_wide_gaps() -> None:
    found = proposals(
        "Nomor\t\t\t\t\t:\t\t005/112/Dinkes/2020          Bekasi, 2 Juli 2020\nHal      :      Undangan rapat"
    )
    assert found == Found(number="005/112/Dinkes/2020", letter_date="02/07/2020", subject="Undangan rapat")


def body(texts: list[str]) -> dict[str, Any]:
    return {"body": [{"type": "paragraph", "text": text} for text in texts]}


def kinds(old: list[str], new: list[str]) -> list[str]:
    (field,) = versions.compare(body(old), body(new))
    return [change.kind for change in field.changes]


@pytest.mark.django_db
def test_paragraphs_that_repeat_themselves() -> None:
    many = ["a"] * 20_000
    found = kinds(many, ["a", "b"] * 10_000)
    assert len(found) >= 20_000 and found[0] == "" and set(found) == {"", "gone", "new"}


@pytest.mark.django_db
def test_many_long_paragraphs_of_one_word() -> None:
    old, new = ["a " * 150 + str(n) for n in range(200)], ["a b " * 75 + str(n) for n in range(200)]
    assert len(kinds(old, new)) >= 200


@pytest.mark.django_db
def test_an_ordinary_letter_is_compared_word_by_word() -> None:
    draw = random.Random(5)
    vocabulary = [f"kata{n}" for n in range(400)] + ["yang", "dan", "di"] * 40
    old = [" ".join(draw.choices(vocabulary, k=120)) for _ in range(40)]
    new = [*old[:10], *old[12:]]
    new[20] = new[20].replace("yang", "bahwa", 1)
    found = kinds(old, new)
    assert found.count("gone") == 2 and found.count("changed") == 1 and found.count("") == 37


def test_a_remark_finds_its_changed_paragraph_by_the_words_they_share() -> None:
    old = "Kami mohon data fasilitas kesehatan di tiap kelurahan paling lambat hari Senin"
    found = parts("Hal", body([old.replace("Senin", "Rabu"), "Lain sama sekali"]))
    remark = Remark(3, now(), "Kabid", "Kepala Bidang", "body.3", "x", old, "Perjelas.")
    assert place(found, [remark]) == [] and remark.changed
    assert [bool(part.remarks) for part in found if part.field == "body"] == [True, False]
