"""What the room's pages share: who reads, and how a refusal finds its place in a form."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from tertib.government import authority
from tertib.government.authority import Reader, Seat
from tertib.government.models import Person
from tertib.ground.errors import TertibError


def reader_of(request: HttpRequest) -> Reader:
    """The reader of this request; the face reads it once a request."""
    found = getattr(request, "reader", None)
    if found is None:
        person = cast(Person, request.user)
        found = authority.reader(person.pk, person.name)
        request.reader = found  # type: ignore[attr-defined]
    return cast(Reader, found)


def working_seat(reader: Reader, post: Any = None) -> Seat | None:
    """The seat a person works from: the one named, or their first."""
    if post:
        return reader.seat(post)
    return reader.seats[0] if reader.seats else None


def complain(form: forms.BaseForm, error: TertibError) -> None:
    """Put each problem of a refusal beside the field it is about, or above the form."""
    # A paper's problems say their field in words; the names of the fields are beside them.
    places = error.facts.get("fields") or [str(problem.where) for problem in error.problems]
    for place, problem in zip(places, error.problems, strict=False):
        said = f"{problem.what} {problem.mend}".strip()
        where = place.split(".", 1)[0]
        if where in form.fields:
            form.add_error(where, said)
        else:
            form.add_error(None, f"{problem.where}: {said}" if problem.where and " " in str(problem.where) else said)


def searches_only(data: QueryDict) -> bool:
    """Whether what was sent only searches in a picker, or takes something out of it: then nothing is done yet.

    Enter presses a form's first button, wherever the cursor is: with something to look for it means the search.
    """
    if data.get("find") or data.getlist("drop"):
        return True
    return "enter" in data and any(str(data[name]).strip() for name in data if name.startswith("look"))


def unjudged(form: forms.BaseForm) -> None:
    """Keep what was typed, but complain about nothing: a button of the form was pressed, not the form sent."""
    form.errors.clear()


def typed(form: forms.BaseForm) -> QueryDict:
    """What was sent with a form; empty where nothing was."""
    return form.data if isinstance(form.data, QueryDict) else QueryDict()


def at_version(form: forms.BaseForm, version: int) -> None:
    """Let the form be decided anew on a later version; everything else stays as it was typed."""
    with_value(form, "version", version)


def with_value(form: forms.BaseForm, name: str, value: object) -> None:
    """Change one field of what was sent."""
    data = typed(form).copy()
    data[name] = str(value)
    form.data = data


def page(request: HttpRequest, template: str, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of this room."""
    return render(request, f"letters/{template}.html", facts, status=status)
