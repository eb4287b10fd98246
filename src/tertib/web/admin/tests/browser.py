"""Somebody at the pages of administration."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tertib.government.models import Person

# Well-formed, of nobody.
NIP = "197302111995111910"


class Browser:
    """A signed-in browser on the host of the government."""

    def __init__(self, who: Person | None) -> None:
        self.client = Client(HTTP_HOST="bekasi.localhost")
        if who is not None:
            self.client.force_login(who)

    def get(self, name: str, /, *args: Any, query: str = "") -> HttpResponse:
        return self.client.get(reverse(name, "tertib.urls", args=args) + query)  # type: ignore[return-value]

    def post(self, name: str, /, *args: Any, **data: Any) -> HttpResponse:
        return self.client.post(reverse(name, "tertib.urls", args=args), data)  # type: ignore[return-value]


def words(answer: HttpResponse) -> str:
    return answer.content.decode()
