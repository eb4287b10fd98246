"""How a change is noted: who, what, from what, to what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from tertib.government.models import AdminEntry
from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.tenancy import here
from tertib.ground.time import now

Row = TypeVar("Row", bound=models.Model)
# Columns that hold the numbers of people: the record says that they changed, never what they are.
_SECRET = {"nip_hash": "nip", "nik_hash": "nik"}
_UNSAID = frozenset({"nip_cipher", "nik_cipher", "password", "lineage"})


def entry(
    what: str, row: uuid.UUID, by: uuid.UUID | None, before: Mapping[str, Any], after: Mapping[str, Any], **more: Any
) -> AdminEntry:
    """The note of a change, not yet stored; `before` and `after` hold the changed fields only."""
    body = {"before": _plain(before), "after": _plain(after), **more}
    return AdminEntry(at=now(), person=by, what=what, object_id=row, body=body)


def note(
    what: str, row: uuid.UUID, by: uuid.UUID | None, before: Mapping[str, Any], after: Mapping[str, Any], **more: Any
) -> None:
    """Store the note of a change, in the transaction that makes it."""
    entry(what, row, by, before, after, **more).save(force_insert=True)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if name in _SECRET:
            plain[_SECRET[name]] = "•••" if value else ""
        elif name not in _UNSAID:
            plain[name] = str(value) if isinstance(value, uuid.UUID | date | datetime) else value
    return plain


def assign(row: models.Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the columns of a row and answer what that changes: (before, after). A new row has nothing before."""
    new = row._state.adding
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in values.items():
        old = getattr(row, name)
        if isinstance(old, memoryview):
            old = bytes(old)
        if new or old != value:
            before[name], after[name] = old, value
            setattr(row, name, value)
    return ({} if new else before), after


def store(what: str, row: models.Model, by: uuid.UUID | None, values: Mapping[str, Any], **more: Any) -> bool:
    """Assign, save and note; nothing is written where nothing changes. Answers whether something did."""
    before, after = assign(row, values)
    if not after:
        return False
    row.save()
    note(what, row.pk, by, before, after, **more)
    return True


def get(model: type[Row], row: uuid.UUID | None, *, lock: bool = True) -> Row:
    """The row of this id, locked until the transaction ends. Raises `NotFound`."""
    rows = model._default_manager.all()
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=row).first() if row else None
    if found is None:
        what = _("There is no such %(thing)s any more.") % {"thing": model._meta.verbose_name}
        raise NotFound(Problem(what, mend=_("Go back and look at the list again.")))
    return found


@contextmanager
def writing(*, whole: bool = False) -> Iterator[None]:
    """One transaction. With `whole`, only one such at a time in this government: for checks that span many rows.

    What the database itself refuses, because somebody else was quicker, becomes `Invalid`.
    """
    from django.db import IntegrityError

    try:
        with transaction.atomic():
            if whole:
                lock_government()
            yield
    except IntegrityError as error:
        mend = _("Look at the present state and try again.")
        raise Invalid(Problem(_("Somebody else changed this at the same moment."), mend=mend)) from error


def lock_government() -> None:
    """Let nobody else change the structure of this government until the transaction ends."""
    schema = here.schema()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", (f"tertib.government.{schema}",))
