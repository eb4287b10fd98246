"""Where browsers reach the live process."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

from tertib.ground.config import config

# Behind a proxy that speaks HTTPS, browsers can't ask another port by plain HTTP; the proxy passes on this path.
PROXIED = "/langsung/arus"


def stream(request: HttpRequest) -> str:
    """The address of streams for the pages of this request's host."""
    settings = config()
    given = settings.live_url or (PROXIED if settings.https else "")
    if given:
        return given
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    name = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{name}:{settings.live_port or settings.port + 1}/"


def origin(url: str) -> str:
    """The origin of an address; empty where it is a path of the page's own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def page_origin(request: HttpRequest) -> str:
    """The origin of the pages of this request's host, as browsers name it."""
    return f"{request.scheme}://{request.get_host().lower()}"
