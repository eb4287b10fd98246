"""Picks the government by host name, without asking the database at each request."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django_tenants.utils import get_public_schema_name

from tertib.ground.tenancy.here import connection
from tertib.ground.tenancy.models import Domain, Government

KEEP_SECONDS = 5.0
BARE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_known: dict[str, tuple[float, Government | None]] = {}


class GovernmentMiddleware:
    """Sets `request.tenant` (None on a host that belongs to none) and the schema of the connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            host = request.get_host()
        except DisallowedHost:
            # Not worth a traceback: anybody can send any name.
            return HttpResponseBadRequest("This host name is not served here.", content_type="text/plain")
        government = find(host.rsplit(":", 1)[0].lower().removesuffix("."))
        request.tenant = government  # type: ignore[attr-defined]
        if government is None:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            if connection.schema_name != get_public_schema_name():
                connection.set_schema_to_public()
        else:
            activate(government)
        return self.get_response(request)


def activate(government: Government) -> None:
    """Point this thread's connection at the government's schema; free when it points there already."""
    if connection.schema_name != government.schema_name or connection.tenant is not government:
        same = connection.schema_name == government.schema_name
        path = connection.search_path_set_schemas
        connection.set_tenant(government)
        if same:
            connection.search_path_set_schemas = path


def find(host: str) -> Government | None:
    """The government of a host name; a bare local name leads to the only government, if there is only one."""
    kept = _known.get(host)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    connection.set_schema_to_public()
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    found = domain.tenant if domain else None
    if found is None and host in BARE:
        governments = list(Government.objects.all()[:2])
        found = governments[0] if len(governments) == 1 else None
    if len(_known) > 1000:  # made-up host names must not fill the memory
        _known.clear()
    _known[host] = (time.monotonic() + KEEP_SECONDS, found)
    return found


def forget() -> None:
    """Forget what is kept, after a government was added in this process."""
    _known.clear()
