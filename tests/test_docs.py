"""What the documents say that a machine can look up: commands, files, settings, columns, addresses, words."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages.pofile import read_po
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
USERS = sorted((ROOT / "docs" / "users").glob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
ANY_ID = "01a2004c-dcea-7b43-bd91-2ea22acba873"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    return FENCE.sub("", text)


def commands(text: str) -> Iterator[str]:
    """Every line of a shell block and every code span, without comments."""
    for language, block in FENCE.findall(text):
        if language == "sh":
            yield from (line.split(" # ")[0].strip() for line in block.splitlines())
    yield from SPAN.findall(prose(text))


every_document = pytest.mark.parametrize("path", DOCS, ids=name)


@every_document
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for line in commands(path.read_text()) for word in re.findall(r"\bmake ([a-z]+)", line)}
    assert named <= targets


def test_make_help_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split()) - {"help"}
    assert set(re.findall(r"@echo \"make (\w+)", text)) == phony


def _command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words lead to, and the words after it."""
    from tertib.cli.main import cli

    found: click.Command = cli
    context = click.Context(cli)
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        inner = found.get_command(context, words[0])
        assert inner is not None, f"no command {words[0]}"
        found, words = inner, words[1:]
    return found, words


@every_document
def test_commands_and_their_options_exist(path: Path) -> None:
    for line in commands(path.read_text()):
        match = re.match(r"(?:[A-Z_]+=\S+ )*(?:\S*/)?tertib ([a-z].*)", line)
        if not match:
            continue
        found, rest = _command(shlex.split(match[1].partition("  ")[0]) if "'" not in match[1] else match[1].split())
        if found.name == "manage":
            continue
        known = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
        given = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert given <= known | {"--help"}, line


def _anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@every_document
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        assert place.exists(), target
        assert not anchor or anchor in _anchors(place), target


@pytest.mark.parametrize("folder", ["users", "decisions"])
def test_indexes_name_every_page(folder: str) -> None:
    index = (ROOT / "docs" / folder / "README.md").read_text()
    pages = {page.name for page in (ROOT / "docs" / folder).glob("*.md")} - {"README.md"}
    assert pages and pages == set(re.findall(r"\]\(([\w-]+\.md)\)", index))


@pytest.fixture(scope="module")
def code() -> str:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.yaml"), *(ROOT / "src").rglob("*.typ")]
    return "\n".join(path.read_text() for path in files)


def test_words_of_the_glossary_are_those_of_the_code(code: str) -> None:
    rows = [line.split("|") for line in (ROOT / "GLOSSARY.md").read_text().splitlines() if line.startswith("| ")]
    assert all(len(row) == 6 for row in rows)
    words = {word for row in rows for word in SPAN.findall(row[4])}
    missing = {word for word in words if not re.search(rf"\b{re.escape(word)}\b", code)}
    assert len(words) > 60 and not missing


def _tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of each table, by the heading above it."""
    found: dict[str, list[list[str]]] = {}
    head = ""
    for line in text.splitlines():
        if line.startswith("#"):
            head = line.lstrip("# ")
        elif line.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.setdefault(head, []).append(cells)
    return found


def test_settings_are_those_that_are_read() -> None:
    from tertib.ground.config import read

    rows = _tables((ROOT / "docs" / "operations.md").read_text())["Settings"][1:]
    said = {row[0].strip("`"): row[1].strip("`") for row in rows}
    source = (ROOT / "src" / "tertib" / "ground" / "config.py").read_text()
    assert set(said) == set(re.findall(r"\"((?:TERTIB_\w+|PORT|DATABASE_URL))\"", source))
    unset = read({})
    same = {variable: "" if value == "empty" else value for variable, value in said.items()}
    assert read(same) == unset


def test_columns_of_imports_are_those_that_are_read() -> None:
    from tertib.government.imports.tables import COLUMNS, REQUIRED
    from tertib.rooms.letters import agenda_book

    tables = _tables((ROOT / "docs" / "import.md").read_text())
    for kind in ("units", "posts", "people", "agenda"):
        columns = agenda_book.COLUMNS if kind == "agenda" else COLUMNS[kind]
        others = COLUMNS["agenda" if kind == "agenda" else kind]
        needed = agenda_book.NEEDED if kind == "agenda" else REQUIRED[kind]
        rows = tables["Agenda books of the past" if kind == "agenda" else kind][1:]
        assert {column for row in rows for column in SPAN.findall(row[0])} == set(columns)
        assert {SPAN.findall(row[0])[0] for row in rows if row[2] == "yes"} == set(needed)
        for row in rows:
            own = {word for column in SPAN.findall(row[0]) for word in others[column]}
            assert {word.strip() for word in row[1].split(",") if word.strip()} <= own


def test_every_call_of_the_interface_is_described() -> None:
    from tertib.api.main import api

    paths: dict[str, Any] = api.get_openapi_schema(path_prefix="")["paths"]
    there = {(method.upper(), path) for path, calls in paths.items() for method in calls}
    text = (ROOT / "docs" / "api.md").read_text()
    said = {
        (method, re.sub(r"\{id\}", "{matter}", path.partition("?")[0]))
        for method, path in re.findall(r"^\| `(GET|POST) (/[^`]*)`", text, re.MULTILINE)
    }
    assert said == there


def test_the_example_procedure_loads(tmp_path: Path) -> None:
    from tertib.matters.procedures import parse

    found = FENCE.findall((ROOT / "docs" / "procedures.md").read_text())
    blocks = [text for language, text in found if language == "yaml"]
    file = tmp_path / "example.yaml"
    file.write_text(blocks[0])
    assert parse(file, frozenset())["procedure"] == "example.question"
    for fragment in blocks[1:]:
        assert YAML(typ="safe").load(fragment)


def test_every_word_of_procedures_is_explained() -> None:
    from tertib.matters import procedure_schema as schema

    text = (ROOT / "docs" / "procedures.md").read_text()
    words = {*schema.SCHEMA["properties"], *schema._STATE["properties"], *schema._ACTION["properties"]}
    words |= {*schema.ACTORS, *schema.HOLDERS}
    explained = {word for span in SPAN.findall(text) for word in re.findall(r"\w+", span)}
    assert words <= explained


def test_addresses_lead_to_pages() -> None:
    from django.urls import Resolver404, resolve

    def leads(address: str, urls: str) -> bool:
        try:
            return bool(resolve(address, urls))
        except Resolver404:
            return False

    lost = []
    for path in [*USERS, ROOT / "README.md", ROOT / "docs" / "security.md", ROOT / "docs" / "operations.md"]:
        for span in SPAN.findall(prose(path.read_text())):
            address = re.sub(r"<[^>]+>", ANY_ID, span)
            page = re.fullmatch(r"/[a-z_<][\w<>/.-]*", span) and not span.startswith("/api/")
            if page and not any(leads(address, urls) for urls in ("tertib.urls", "tertib.urls_public")):
                lost.append(f"{name(path)}: {span}")
    assert not lost


@pytest.mark.parametrize("path", USERS, ids=name)
def test_bold_words_for_users_stand_on_pages(path: Path) -> None:
    """A bold text that ends with a full stop begins a paragraph; every other one is a label of some page."""
    with (ROOT / "src/tertib/locale/id/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file)
    labels = {text for message in catalog for text in _texts(message.string)}
    for procedure in (ROOT / "src").rglob("procedures/*.yaml"):
        raw = YAML(typ="safe").load(procedure)
        labels |= {item["label"]["id"] for group in ("states", "actions") for item in raw[group].values()}
    bold = re.findall(r"\*\*(.+?)\*\*", SPAN.sub("", path.read_text()))
    assert bold and not {text for text in bold if not text.endswith(".")} - labels


def _texts(string: str | Sequence[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


def test_the_tour_passes_every_door() -> None:
    doors = YAML(typ="safe").load(ROOT / "src" / "tertib" / "demo" / "data" / "bekasi" / "doors.yaml")
    tour = [row[0] for row in _tables((ROOT / "README.md").read_text())["Five minutes in the sample city"][1:]]
    assert tour == [door["title"]["en"] for door in doors] and len(tour) == 10


def test_one_version_and_one_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    public = YAML(typ="safe").load(ROOT / "publiccode.yml")
    assert public["softwareVersion"] == project["version"]
    assert project["version"] in (ROOT / "CHANGELOG.md").read_text()
    assert public["legal"]["license"] == project["license"]
    assert (ROOT / "LICENSE").read_text().startswith(f"SPDX-License-Identifier: {project['license']}\n")
    assert all(len(words["shortDescription"]) <= 150 for words in public["description"].values())
    assert all(len(words["longDescription"]) >= 150 for words in public["description"].values())


# In pieces, so that this file passes its own test: hosts of packages, and folders of somebody's machine.
FORBIDDEN = (
    *(("pypi", r"\.(org|io)"), ("python", r"hosted\.org"), ("registry", r"\.npmjs"), ("cdn", r"\.jsdelivr")),
    *(("/wo", "rk/"), (r"/ro", r"ot/\w"), ("/ho", r"me/\w"), ("/Us", r"ers/\w"), (r"C:\\", "Users")),
)


def test_nothing_names_a_package_host_or_somebodys_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository")
    pattern = re.compile("|".join("".join(parts) for parts in FORBIDDEN))
    found = []
    for file in filter(None, listed.stdout.split("\0")):
        path = ROOT / file
        if not path.is_file():
            continue
        text = path.read_bytes().decode(errors="replace")
        found += [f"{file}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    assert not found


def test_no_binary_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository")
    binary = [file for file in filter(None, listed.stdout.split("\0")) if _is_binary(ROOT / file)]
    assert not binary


def _is_binary(path: Path) -> bool:
    return path.is_file() and b"\0" in path.read_bytes()[:8000]
