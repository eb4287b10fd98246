"""The page on a host that belongs to no government: which governments live here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tertib.ground.tenancy.models import Domain


def governments(request: HttpRequest) -> HttpResponse:
    """The list of governments, each with the address of its own host."""
    # Behind a proxy the port of the request is what the visitor typed.
    port = f":{request.get_port()}" if request.get_port() not in ("80", "443") else ""
    found = [
        {"government": domain.tenant, "address": f"{request.scheme}://{domain.domain}{port}/", "host": domain.domain}
        for domain in Domain.objects.select_related("tenant").filter(is_primary=True).order_by("tenant__name")
    ]
    return render(request, "public.html", {"governments": found})
