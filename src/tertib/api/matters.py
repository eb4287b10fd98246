"""Calls that every kind of matter answers."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from tertib.government.authority import Reader
from tertib.government.models import Person
from tertib.government.passwords import confirm
from tertib.matters import engine, procedures, queries
from tertib.matters.context import Done
from tertib.matters.models import Matter
from tertib.matters.procedures import words
from tertib.matters.reading import note_reading
from tertib.matters.visibility import seen

router = Router(tags=["matters"])


class ActIn(Schema):
    """What an action takes.

    The fields of its form, the version it was decided on, and a password where the step asks for one.
    """

    data: dict[str, Any] = {}
    version: int | None = None
    password: str = ""


@router.get("/desk")
def desk(request: HttpRequest) -> dict[str, Any]:
    """What lies with the caller's posts, the two hundred most pressing first."""
    reader: Reader = request.auth  # type: ignore[attr-defined]
    return {"items": [brief(matter) for matter in queries.desk(reader)]}


@router.get("/matters/{matter}")
def one(request: HttpRequest, matter: uuid.UUID) -> dict[str, Any]:
    """Where a matter stands, and what the caller may do with it."""
    reader: Reader = request.auth  # type: ignore[attr-defined]
    found = read(matter, reader)
    actions = [{"action": a.name, "label": words(a.label)} for a in queries.possible_actions(found, reader)]
    return {**brief(found), "actions": actions}


@router.get("/matters/{matter}/record")
def record(request: HttpRequest, matter: uuid.UUID) -> dict[str, Any]:
    """The record of a matter: every entry, in order, with its hash.

    A link names its target only to those who may see that one.
    """
    reader: Reader = request.auth  # type: ignore[attr-defined]
    found = read(matter, reader)
    entries = queries.veiled(queries.record(found.id, found.procedure_id), reader)
    return {
        "matter": str(found.id),
        "entries": [
            {
                "n": entry.n,
                "at": entry.at.isoformat(),
                "hash": entry.hash,
                "action": entry.action,
                "label": entry.label,
                "person": entry.person,
                "post": entry.post,
                "as": entry.capacity,
                "holder": entry.holder,
                "body": entry.body,
                "erased_by_order": entry.erased_by_order,
            }
            for entry in entries
        ],
    }


@router.post("/matters/{matter}/actions/{action}")
def act(request: HttpRequest, matter: uuid.UUID, action: str, payload: ActIn) -> dict[str, Any]:
    """Do something with a matter. 409 tells what has happened since the version given."""
    reader: Reader = request.auth  # type: ignore[attr-defined]
    if payload.password:
        confirm(Person.objects.get(pk=reader.person), payload.password)
    done = engine.act(
        matter, action, reader, payload.data, expected_version=payload.version, confirmed=bool(payload.password)
    )
    return outcome(done)


def read(matter: uuid.UUID, reader: Reader) -> Matter:
    """The matter, if the caller may see it; reading a secret one is entered in its record."""
    found = seen(matter, reader)
    note_reading(found.id, found.security, reader)
    return found


def brief(matter: Matter) -> dict[str, Any]:
    """A matter as lists and answers show it."""
    definition = procedures.of(matter.procedure_id)
    return {
        "id": str(matter.id),
        "procedure": definition.key,
        "title": matter.title,
        "state": matter.state,
        "state_label": words(definition.states[matter.state].label),
        "holder": matter.holder.name if matter.holder else None,
        "holder_since": matter.holder_since,
        "due_at": matter.due_at,
        "opened_at": matter.opened_at,
        "closed_at": matter.closed_at,
        "security": matter.security,
        "urgency": matter.urgency,
        "parent": str(matter.parent_id) if matter.parent_id else None,
        "version": matter.version,
    }


def outcome(done: Done) -> dict[str, Any]:
    """What an act came to."""
    return {
        "id": str(done.matter),
        "version": done.version,
        "state": done.state,
        "due_at": done.due_at,
        "children": [str(child) for child in done.children],
        "result": done.result,
    }
