"""How much somebody may send at once. Looked at before anything is read, for reading means writing it to the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tertib.ground.errors import Problem, TertibError
from tertib.papers.sniff import MAX_BYTES
from tertib.web import arriving, errors

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
        with tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
            # Django reads no more than the head says; of a body in pieces it says nothing.
            try:
                size = _receive(request, body, None if chunked else int(said), most)
            except TertibError as error:
                return errors.answer(request, error)
            body.seek(0)
            request.META["CONTENT_LENGTH"] = str(size)
            request._stream = body  # type: ignore[assignment]
            return self.get_response(request)


def _receive(request: HttpRequest, body: IO[bytes], said: int | None, most: int) -> int:
    """Copy what comes, at most `said`, and give its size. Raises `TooLarge`, and as `arriving.place`."""
    size = 0
    stream = request.META["wsgi.input"]
    with arriving.place(_is_known(request)):
        while said is None or size < said:
            piece = stream.read(_CHUNK if said is None else min(_CHUNK, said - size))
            if not piece:
                break
            size += len(piece)
            if size > most:
                raise _too_large(most)
            body.write(piece)
    return size


def _is_known(request: HttpRequest) -> bool:
    return getattr(request, "tenant", None) is not None and request.user.is_authenticated


def _small(request: HttpRequest) -> int:
    """What anybody may send."""
    return MOST_JSON if request.content_type == "application/json" else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _most(request: HttpRequest) -> int:
    if request.content_type != "multipart/form-data":
        return _small(request)
    return MOST_FILES + _small(request) if _is_known(request) else _small(request)


def _too_large(most: int) -> TooLarge:
    what = _("More was sent than is taken at once; at most %d MB fit.") % (most // 1024**2)
    return TooLarge(Problem(what, mend=_("Go back and send less: fewer files, smaller files, or shorter texts.")))
