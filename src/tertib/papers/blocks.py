"""Text of a letter: from what a person types to the pieces that are printed, none of them markup to Typst."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Block = dict[str, Any]
# A run of text: {"t": text, "b": bold}, or {"x": pieces, "b": bold} where a line may end after each piece.
Run = dict[str, Any]

# A word this long may be divided anywhere, as a web address must be; no Indonesian word is as long.
LONG_WORD = 25
LONG_WORD_IN_CELL = 17

# 1. a. 1) a): how points are numbered, and how far each level is typed to the right.
DEEPEST_LEVEL = 3
INDENT = 4

# Every place where a mark may stand, overlapping ones too: of three asterisks the last two may be it.
_MARKS = re.compile(r"\*(?=\*)")
_LINE_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_NUMBERED = re.compile(r"\s{0,3}(\d{1,3})[.)]\s+(.*)")
# A point below another one: indented, or lettered. A list may also begin with one.
_BELOW = re.compile(r"(\s*)(\d{1,3}|[a-z])[.)]\s+(.*)")
_FIRST_BELOW = re.compile(r"\s{0,3}a[.)]\s+(.*)|\s{4,}(1|a)[.)]\s+(.*)")
_HEADING = re.compile(r"\s{0,3}#{1,3}\s+(.*)")
_ROW = re.compile(r"\s*\|(.*)\|\s*")
_RULE = re.compile(r"\|[\s|:-]*\|")


def clean(text: str) -> str:
    """Composed characters, plain line breaks; no controls, surrogates, or marks that turn or hide text."""
    text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text)).replace("\t", " ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn"))


def line(text: str) -> str:
    """The same for what is one line: a subject, a name, a number. White space within becomes single spaces."""
    return " ".join(clean(text).split())


def blocks_from_text(text: str) -> list[Block]:
    """What is typed into a plain text field, as blocks.

    An empty line ends a paragraph; `# ` begins a heading; `1. ` a numbered list, `a. ` or four spaces more a point
    below; lines of `| a | b |` are a table, whose first row is a head when a line of `|---|---|` follows it. Never
    fails.
    """
    found: list[Block] = []
    for lines in _groups(clean(text)):
        if heading := _HEADING.fullmatch(lines[0]):
            found.append({"type": "heading", "text": heading[1].strip()})
        elif _ROW.fullmatch(lines[0]):
            found.append(_table(lines))
        elif _begins_list(lines[0]):
            found.append(_numbered(lines))
        else:
            found.append({"type": "paragraph", "text": "\n".join(line.strip() for line in lines)})
    return [block for block in found if any(block.get(key) for key in ("text", "items", "rows"))]


def text_from_blocks(blocks: Iterable[Mapping[str, Any]]) -> str:
    """Blocks as they would be typed: `blocks_from_text` of it gives the same blocks again."""
    return "\n\n".join(_typed(block) for block in blocks)


def _typed(block: Mapping[str, Any]) -> str:
    kind = block.get("type")
    if kind == "heading":
        return f"# {block.get('text', '')}"
    if kind == "numbered":
        points = zip(markers(block), levels(block), block.get("items", ()), strict=True)
        return "\n".join(f"{' ' * INDENT * level}{marker} {item}" for marker, level, item in points)
    if kind == "table":
        rows = [f"| {' | '.join(row)} |" for row in block.get("rows", ())]
        if block.get("head") and rows:
            rows.insert(1, "|" + "---|" * len(block["rows"][0]))
        return "\n".join(rows)
    return str(block.get("text", ""))


def levels(block: Mapping[str, Any]) -> list[int]:
    """The level of each point of a numbered list, 0 for the first; a point is at most one level below the last."""
    given = [*block.get("levels", ()), *[0] * len(block.get("items", ()))][: len(block.get("items", ()))]
    found: list[int] = []
    for level in given:
        found.append(min(level, DEEPEST_LEVEL, found[-1] + 1 if found else DEEPEST_LEVEL))
    return found


def markers(block: Mapping[str, Any]) -> list[str]:
    """What stands before each point: 1. a. 1) a), a number where the letters end."""
    counts: list[int] = []
    found: list[str] = []
    for level in levels(block):
        counts = [*counts[: level + 1], *[0] * (level + 1 - len(counts))]
        counts[level] += 1
        lettered = level % 2 and counts[level] <= 26
        found.append((chr(96 + counts[level]) if lettered else str(counts[level])) + ".)"[level // 2])
    return found


def runs(text: str, *, bold: bool = True, long_word: int = LONG_WORD) -> list[Run]:
    """Text as runs. `**so**` is bold when `bold` is true; a lone `**` stays what it is."""
    if not bold:
        return list(_divided(text, False, long_word))
    found: list[Run] = []
    end = 0
    for start, stop in _bold(text):
        found += _divided(text[end:start], False, long_word)
        found += _divided(text[start + 2 : stop - 2], True, long_word)
        end = stop
    found += _divided(text[end:], False, long_word)
    return found


def bold_passages(text: str) -> int:
    """How many passages of the text are bold."""
    return sum(1 for _passage in _bold(text))


def _bold(text: str) -> Iterator[tuple[int, int]]:
    """Where `**so**` begins and ends: no white space follows the first mark, none stands before the second."""
    # From the right, so that each beginning knows the next end without looking for it.
    ends: list[int] = [
        mark.start() for mark in _MARKS.finditer(text) if not text[mark.start() - 1 : mark.start()].isspace()
    ]
    beginning, after = 0, 0
    while (beginning := text.find("**", beginning)) >= 0:
        while after < len(ends) and ends[after] < beginning + 3:
            after += 1
        if after == len(ends):
            return
        if text[beginning + 2].isspace():
            beginning += 1
            continue
        yield beginning, ends[after] + 2
        beginning = ends[after] + 2


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string within, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from texts(item, (*path, number))


def _divided(text: str, bold: bool, long_word: int) -> Iterator[Run]:
    rest = 0
    for match in re.finditer(rf"\S{{{long_word},}}", text):
        # The last letter stays with what follows: a space after a piece would begin the next line.
        end = match.end() - 1
        if match.start() > rest:
            yield {"t": text[rest : match.start()], "b": bold}
        yield {"x": _pieces(text[match.start() : end]), "b": bold}
        rest = end
    if rest < len(text):
        yield {"t": text[rest:], "b": bold}


def _pieces(word: str) -> list[str]:
    """Single letters, each with the accents that sit on it."""
    pieces: list[str] = []
    for character in word:
        if pieces and unicodedata.combining(character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _groups(text: str) -> Iterator[list[str]]:
    """Lines that belong together: split at empty lines, at headings, and where the kind of line changes."""
    group: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            if group:
                yield group
            group = []
            continue
        if group and _begins_anew(group, line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _begins_anew(group: list[str], line: str) -> bool:
    if _HEADING.fullmatch(group[0]) or _HEADING.fullmatch(line):
        return True
    if bool(_ROW.fullmatch(group[0])) != bool(_ROW.fullmatch(line)):
        return True
    return _begins_list(line) and not _begins_list(group[0])


def _begins_list(line: str) -> bool:
    return bool(_NUMBERED.fullmatch(line) or _FIRST_BELOW.fullmatch(line))


def _numbered(lines: Iterable[str]) -> Block:
    items: list[str] = []
    deep: list[int] = []
    for line in lines:
        point = _BELOW.fullmatch(line)
        if point is None:
            items[-1] = f"{items[-1]}\n{line.strip()}"
            continue
        items.append(point[3].strip())
        deep.append(len(point[1]) // INDENT or int(point[2].isalpha()))
    kept = [(item, level) for item, level in zip(items, deep, strict=True) if item]
    block: Block = {"type": "numbered", "items": [item for item, _level in kept]}
    found = levels({**block, "levels": [level for _item, level in kept]})
    return {**block, "levels": found} if any(found) else block


def _is_rule(line: str) -> bool:
    return "-" in line and _RULE.fullmatch(line.strip()) is not None


def _table(lines: list[str]) -> Block:
    head = len(lines) > 1 and _is_rule(lines[1])
    rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines]
    if head:
        del rows[1]
    columns = max(len(row) for row in rows)
    return {"type": "table", "rows": [row + [""] * (columns - len(row)) for row in rows], "head": head}
