"""What is said of a procedure that can't be read: in the reader's language, with its place, never in the parser's."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from tertib.ground.errors import Invalid, Problem
from tertib.matters.procedures import read
from tertib.matters.tests.test_procedures import GOOD, KNOWN

# Words of the parser and of the schema, which nobody is to meet.
THEIRS = re.compile(
    r"expected|token|mapping values|scanning|flow |scalar|stream|alias|does not match|property|properties are|"
    r"of type|less than|shorter|parsing|block |construct|unexpected|required",
    re.IGNORECASE,
)


def refused(text: str, language: str) -> list[Problem]:
    with override(language), pytest.raises(Invalid) as error:
        read(text, "f", KNOWN)
    return list(error.value.problems)


# What is replaced in the good procedure, where that is pointed at, what is said in each language.
SLIPS = [
    # indentation, tabs
    ("    from: [open]\n    to: waiting", "    from: [open]\n   to: waiting", "f:23:4",
     "The indentation does not fit", "Lekukannya tidak sesuai"),
    ("    from: [open]\n    to: waiting", "    from: [open]\n      to: waiting", "f:23:7",
     "The indentation does not fit", "Lekukannya tidak sesuai"),
    ("  open:\n    label", "  open:\n   x: 1\n    label", "f:8:5",
     "The indentation does not fit", "Lekukannya tidak sesuai"),
    ("    to: waiting", "\tto: waiting", "f:23:1", "There is a tab", "Ada tab"),
    # colons
    ("initial: open", "initial open", "f:3:1", "The colon after the name is missing", "Titik dua setelah nama"),
    ("initial: open", "initial:open", "f:3:1", "or the space after the colon", "atau spasi setelah"),
    ("label: {id: Kecil, en: Small}", "label: id: Kecil", "f:2:10", "a second colon", "titik dua kedua"),
    # brackets, quotes
    ("initial: open", "initial: [open", "f:3:10", "“[” is opened here and not closed", "“[” dibuka di sini"),
    ("en: Small}", "en: Small", "f:2:8", "“{” is opened here and not closed", "“{” dibuka di sini"),
    ("{id: Kecil, en", "{id: Kecil en", "f:2:21", "a comma is missing", "kurang koma"),
    ("initial: open", "initial: {a: b}}", "f:3:16", "“}” stands here without", "“}” di sini tidak menutup"),
    ("initial: open", "initial: ]", "f:3:10", "A value is missing before “]”", "Belum ada nilai sebelum “]”"),
    ("initial: open", "initial: 'open", "f:3:10", "The quote that is opened here", "Tanda kutip yang dibuka"),
    ('"role:registrar"]', '"role:registrar]', "f:24:18", "The quote that is opened here", "Tanda kutip yang dibuka"),
    ("initial: open", 'initial: "a\\qb"', "f:3:13", "“\\q” means nothing", "“\\q” tidak ada artinya"),
    ("initial: open", "initial: @open", "f:3:10", "can't begin with “@”", "tidak dapat diawali “@”"),
    # what stands twice, elsewhere, or is of another kind
    ("initial: open", "initial: open\ninitial: done", "f:4:1", "“initial” is given", "“initial” tertulis dua"),
    ("    to: done\n", "    to: done\n    to: open\n", "f:42:5", "“to” is given twice", "“to” tertulis dua kali"),
    ("initial: open", "initial: *nothing", "f:3:10", "“*” stands for something", "“*” menunjuk sesuatu"),
    ("initial: open", "initial: !king open", "f:3:10", "“!king” is not read here", "“!king” tidak dibaca"),
    ("initial: open", "initial: - open", "f:3:10", "A list stands where none can", "Ada daftar di tempat"),
    ("initial: open", "- open", "f:3:1", "A list stands where none can", "Ada daftar di tempat"),
    ("procedure: t.small", "--- a\n--- b\nprocedure: t.small", "f:2:1", "begins another", "memulai berkas lain"),
    ("initial: open", "initial: op\x07en", "f:3", "a character that YAML", "karakter yang tidak diperbolehkan"),
    ("initial: open", "initial: 2020-13-45", "f:3", "looks like a date and is none", "tampak seperti tanggal"),
    ("initial: open", "<<: 3", "f:3:5", "This can't be read", "Ini tidak dapat dibaca"),
    ("initial: open", "initial: |x\n  a", "f:3:11", "This can't be read", "Ini tidak dapat dibaca"),
    # names that are missing or unknown
    ("    by: [opener]\n", "", "f:43", "“by” is missing. Add “by: [holder]”", "“by” belum ada. Tambahkan “by:"),
    ("    moves: false", "    movse: false", "f:47", "“movse” is not known here. Did you mean “moves”?",
     "“movse” tidak dikenal di sini. Maksudnya “moves”?"),
    ("    moves: false", "    colour: red", "f:47", "There are: label, from, to,", "Pilihannya: label, from, to,"),
    ("    to: waiting", "    to: wating", "f:23", "no state “wating”. Did you mean “waiting”?",
     "Tidak ada keadaan “wating”. Maksudnya “waiting”?"),
    # values that don't fit
    ("3 working days", "3 workdays", "f:8", "“3 workdays” is no time", "“3 workdays” bukan jatah waktu"),
    ("    moves: false", "    moves: no way", "f:47", "must be true or false", "harus true atau false"),
    ("label: {id: Kecil, en: Small}", "label: Kecil", "f:2", "must be names with values", "harus berisi nama"),
    ("    moves: false", "    clock: start", "f:47", "There are: restart, stop", "Pilihannya: restart, stop"),
    ("from: [open, waiting]", "from: [open, open]", "f:40", "names something twice", "menyebut sesuatu dua kali"),
    ("    by: [opener]", "    by: opener", "f:45", "“by” must be a list", "“by” harus berupa daftar"),
    ("      properties:\n        post: {type: string, format: uuid}\n", "      properties:\n", "f:35",
     "“properties” must be names with values", "“properties” harus berisi nama"),
    ("{type: string, format: uuid}", "{type: strnig}", "f:36", "no JSON Schema", "bukan JSON Schema"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "english", "indonesian"), SLIPS)
def test_each_slip_is_said_in_both_languages(old: str, new: str, where: str, english: str, indonesian: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    for language, says in (("en", english), ("id", indonesian)):
        found = refused(text, language)
        said = [f"{problem.what} {problem.mend}" for problem in found if problem.where == where]
        assert any(says in item for item in said), [str(problem) for problem in found]
        assert not any(THEIRS.search(item.replace("“properties”", "")) for item in said), said


def test_no_english_is_left_in_indonesian() -> None:
    for old, new, *_rest in SLIPS:
        english = {problem.what for problem in refused(GOOD.replace(old, new, 1), "en")}
        indonesian = {problem.what for problem in refused(GOOD.replace(old, new, 1), "id")}
        assert not english & indonesian


def test_whatever_is_cut_off_is_refused_in_words() -> None:
    """A text that breaks off anywhere is taken or refused, and never with the parser's words."""
    for end in range(0, len(GOOD), 53):
        for tail in ("", "'", "[", "}", "\t:", "- &a *b", "!"):
            try:
                with override("en"):
                    read(GOOD[:end] + tail, "f", KNOWN)
            except Invalid as error:
                said = " ".join(str(problem.what) for problem in error.problems)
                assert not THEIRS.search(said), said
