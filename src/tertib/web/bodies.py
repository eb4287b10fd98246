"""How much somebody may send at once. Looked at before anything is read, for reading means writing it to the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tertib.ground.errors import Problem, TertibError
from tertib.papers.sniff import MAX_BYTES
from tertib.web import errors

# Forms with files, of who is signed in: ten files of the largest size, or more of smaller ones.
MOST_FILES = 10 * MAX_BYTES
# What a program sends: the longest letter there is, many times over.
MOST_JSON = 1024 * 1024
_CHUNK = 64 * 1024


class TooLarge(TertibError):
    """More was sent than is taken at once."""

    status = 413
    code = "too_large"


class BodyMiddleware:
    """Refuses what is too large by what its head says, else while it comes in. Stands after whoever knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        chunked = not said and "chunked" in request.headers.get("Transfer-Encoding", "").lower()
        if not chunked and not (said.isdecimal() and int(said) > 0):
            return self.get_response(request)
        # Whether somebody is signed in costs a statement, so it is asked of large ones only.
        most = _most(request) if chunked or int(said) > _small(request) else _small(request)
        if not chunked and int(said) > most:
            return errors.answer(request, _too_large(most))
        if not chunked:
            return self.get_response(request)
        with tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
            # Django reads no more than the head says, and here it says nothing.
            size = 0
            stream = request.META["wsgi.input"]
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > most:
                    return errors.answer(request, _too_large(most))
                body.write(piece)
            body.seek(0)
            request.META["CONTENT_LENGTH"] = str(size)
            request._stream = body  # type: ignore[assignment]
            return self.get_response(request)


def _small(request: HttpRequest) -> int:
    """What anybody may send."""
    return MOST_JSON if request.content_type == "application/json" else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _most(request: HttpRequest) -> int:
    if request.content_type != "multipart/form-data" or getattr(request, "tenant", None) is None:
        return _small(request)
    return MOST_FILES + _small(request) if request.user.is_authenticated else _small(request)


def _too_large(most: int) -> TooLarge:
    what = _("More was sent than is taken at once; at most %d MB fit.") % (most // 1024**2)
    return TooLarge(Problem(what, mend=_("Go back and send less: fewer files, smaller files, or shorter texts.")))
