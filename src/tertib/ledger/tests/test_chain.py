from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.ledger import chain
from tertib.ledger.chain import ZERO, Entry, faults

MATTER = "01a20032-0388-7f4c-bb7d-b9852c692a3e"


def build(length: int) -> list[Entry]:
    entries, prev = [], ZERO
    for n in range(1, length + 1):
        at = f"2020-07-01T00:00:00.{n:06d}Z"
        commitment = chain.commit(bytes([n]) * chain.SALT_LENGTH, b'{"n":%d}' % n)
        entries.append(Entry(MATTER, n, at, commitment, prev, chain.link(MATTER, n, at, commitment, prev)))
        prev = entries[-1].hash
    return entries


def test_an_unbroken_chain_has_no_faults() -> None:
    assert list(faults(build(20))) == [] == list(faults([]))


def test_the_commitment_is_hmac_sha_256() -> None:
    salt = bytes(range(32))
    assert chain.commit(salt, b"{}") == hmac.new(salt, b"{}", hashlib.sha256).digest()
    assert chain.commit(salt, b"{}") != chain.commit(bytes(32), b"{}")


def test_the_bytes_of_an_entry_are_canonical_json() -> None:
    data = chain.entry_bytes(MATTER, 12, "2020-07-01T00:00:00.000000Z", b"\x01" * 32, b"\xff" * 32)
    assert data == rfc8785.dumps(json.loads(data))
    assert json.loads(data)["n"] == 12 and json.loads(data)["v"] == chain.VERSION


def test_the_hash_is_the_leaf_hash_of_rfc_6962() -> None:
    data = chain.entry_bytes(MATTER, 1, "2020-07-01T00:00:00.000000Z", ZERO, ZERO)
    expected = hashlib.sha256(b"\x00" + data).digest()
    assert chain.link(MATTER, 1, "2020-07-01T00:00:00.000000Z", ZERO, ZERO) == expected


def test_salts_are_long_and_new() -> None:
    assert len({chain.new_salt() for _ in range(100)}) == 100
    assert len(chain.new_salt()) == chain.SALT_LENGTH


@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_missing_entry_is_named(place: int) -> None:
    entries = build(9)
    found = list(faults(entries[:place] + entries[place + 1 :]))
    assert found[0] == (place + 2, f"entry {place + 1} is missing")
    assert found[1] == (place + 2, "does not carry the hash of the entry before")


def test_an_entry_that_stands_twice_is_named() -> None:
    entries = build(4)
    assert (2, "entry 2 stands twice") in list(faults([*entries[:2], *entries[1:]]))


def test_a_chain_must_begin_at_the_beginning() -> None:
    first = build(2)[1]
    assert next(faults([first])) == (2, "entry 1 is missing")


@given(
    st.integers(0, 7),
    st.sampled_from(["matter", "n", "at", "commitment", "prev", "hash"]),
    st.integers(0, 255),
    st.data(),
)
@settings(max_examples=200, deadline=None)
def test_every_changed_byte_is_found(place: int, field: str, bit: int, data: st.DataObject) -> None:
    entries = build(8)
    value = getattr(entries[place], field)
    if isinstance(value, int):
        changed: Any = value + 1 + bit
    elif isinstance(value, bytes):
        index = data.draw(st.integers(0, len(value) - 1))
        changed = value[:index] + bytes([value[index] ^ (1 << bit % 8)]) + value[index + 1 :]
    else:
        index = data.draw(st.integers(0, len(value) - 1))
        changed = value[:index] + ("0" if value[index] != "0" else "1") + value[index + 1 :]
    entries[place] = replace(entries[place], **{field: changed})
    found = list(faults(entries))
    assert found
    # the entry itself is named, or the one after it, whose link no longer fits
    assert found[0][0] in (entries[place].n, place + 1, place + 2)


def test_a_cut_tail_is_not_seen_here_but_by_the_head() -> None:
    """The chain alone can't know how long it should be; whoever checks compares its end with the matter's head."""
    entries = build(5)
    assert list(faults(entries[:3])) == []
    assert entries[2].hash != entries[4].hash
