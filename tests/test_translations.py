"""Everything people read is there in Indonesian and in English, and says the same."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation
from ruamel.yaml import YAML

from tertib.ground.catalogs import LOCALE, SOURCE, gather, read, texts

INDONESIAN = LOCALE / "id" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")
# Words of a template that stay as they are in every language.
NAMES = {"Tertib", "English", "Bahasa", "Indonesia", "Ctrl", "Enter", "Esc", "CSV", "XLSX", "NIP", "NIK"}
MEND = "Run `python -m tertib.ground.catalogs --gather`, then translate what is empty."


@cache
def wanted() -> Catalog:
    return texts()


@cache
def known() -> Catalog:
    return read(INDONESIAN)


def entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def test_the_gathering_sees_python_plurals_schemas_and_templates() -> None:
    for message in ("My desk", "Incoming letters", "Kind of block", "This field is required."):
        assert message in wanted(), message
    assert forms(wanted().get("%(count)d hour").id) == ("%(count)d hour", "%(count)d hours")
    assert len(entries(wanted())) > 1000


def test_every_text_has_its_indonesian() -> None:
    lacking = []
    for message in entries(wanted()):
        there = known().get(message.id, message.context)
        if there is None:
            lacking.append(f"missing: {message.id!r} in {message.locations[0]}")
        elif there.fuzzy:
            lacking.append(f"fuzzy: {message.id!r}")
        elif not forms(there.string) or not all(forms(there.string)):
            lacking.append(f"empty: {message.id!r} in {message.locations[0]}")
    assert not lacking, "\n".join([*lacking, MEND])


def test_placeholders_are_the_same_in_both() -> None:
    wrong = []
    for message in entries(known()):
        # Indonesian has no plural: its one form must serve the form of many.
        expected = placeholders(forms(message.id)[-1])
        wrong += [f"{message.id!r}: {said!r}" for said in forms(message.string) if placeholders(said) != expected]
    assert not wrong, "\n".join(wrong)


def test_edges_are_the_same_in_both() -> None:
    """A space or line end that joins a text to its neighbours, and the dot that ends a sentence."""
    wrong = []
    for message in entries(known()):
        said, meant = forms(message.string)[0], forms(message.id)[-1]
        spaces = [(len(text) - len(text.lstrip()), len(text) - len(text.rstrip())) for text in (said, meant)]
        if spaces[0] != spaces[1] or (said[-1:] in ".:?") != (meant[-1:] in ".:?"):
            wrong.append(f"{meant!r}: {said!r}")
    assert not wrong, "\n".join(wrong)


def test_nothing_obsolete_is_kept() -> None:
    """Only a warning: whoever removed the text may still be at work."""
    for message in entries(known()):
        if wanted().get(message.id, message.context) is None:
            warnings.warn(f"No longer in the source: {message.id!r}. {MEND}", stacklevel=1)


def test_gathering_loses_nothing(tmp_path: Path) -> None:
    target = tmp_path / "id" / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True)
    target.write_bytes(INDONESIAN.read_bytes())
    gather(target, wanted())
    first = target.read_bytes()
    gather(target, wanted())
    assert target.read_bytes() == first
    again = read(target)
    for message in entries(wanted()):
        before = known().get(message.id, message.context)
        assert before is None or again.get(message.id, message.context).string == before.string


def yaml_files() -> list[Path]:
    procedures = SOURCE.glob("rooms/*/procedures/*.yaml")
    return sorted([*procedures, *SOURCE.glob("demo/data/*/doors.yaml")])


def labels(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        if "id" in value or "en" in value:
            yield place, value
            return
        for key, item in value.items():
            if key in ("label", "title", "line") and not isinstance(item, dict):
                yield f"{place}/{key}", item
            yield from labels(item, f"{place}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from labels(item, f"{place}/{number}")


@pytest.mark.parametrize("path", yaml_files(), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_label_of_a_file_speaks_both_languages(path: Path) -> None:
    found = list(labels(YAML(typ="safe").load(path)))
    assert found
    wrong = [
        f"{path.name}{place}: {label}"
        for place, label in found
        if not isinstance(label, dict) or any(not str(label.get(language) or "").strip() for language in ("id", "en"))
    ]
    assert not wrong, "\n".join(wrong)


def naked(template: str) -> set[str]:
    """Words of a template that no translation passes over."""
    text = re.sub(
        r"\{% (?:blocktrans|blocktranslate).*?%\}.*?\{% endblocktrans(?:late)? %\}", " ", template, flags=re.S
    )
    text = re.sub(r"\{% block main_class %\}.*?\{% endblock %\}", " ", text)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\x00", text, flags=re.S)
    text = re.sub(r"<!--.*?-->|<(script|style|pre)\b.*?</\1>|<title>.*?</title>", " ", text, flags=re.S)
    said = re.findall(r'(?<![:\w-])(?:title|label|placeholder|aria-label|alt|lead)="([^"]*)"', text)
    text = re.sub(r"<[^>]*>", " ", text)
    words = re.findall(r"[A-Za-zÀ-ÿ]{3,}", re.sub(r"&\w+;", " ", " ".join([text, *said])))
    return {word for word in words if word not in NAMES}


@pytest.mark.parametrize("folder", ["web/templates", "rooms/letters/templates"])
def test_no_template_speaks_one_language_only(folder: str) -> None:
    assert naked('<p title="Why not">{% trans "Yes" %} and {{ more }}</p>') == {"Why", "not", "and"}
    wrong = {
        str(path.relative_to(SOURCE)): found
        for path in sorted((SOURCE / folder).rglob("*.html"))
        if path.name not in ("look.html", "README.md") and (found := naked(path.read_text()))
    }
    assert not wrong


def test_what_is_borrowed_is_said_in_our_words() -> None:
    with translation.override("id"):
        assert translation.gettext("This field is required.") == "Isian ini wajib."
        assert "bidang" not in translation.gettext("Enter a whole number.").lower()
        assert translation.gettext("Thursday") == "Kamis"
    for message in entries(wanted()):
        if any(place.endswith("web/borrowed.py") for place, _line in message.locations):
            with translation.override("en"):
                # Our English is the text itself, so theirs has to be known by exactly this text.
                assert translation.gettext(forms(message.id)[0]) == forms(message.id)[0]
