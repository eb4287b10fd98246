"""Handing one e-mail to the city's mail server, and what its answer means."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from tertib.ground.config import config

# A server that hangs must not hold up everything else that waits.
PATIENCE_SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Refused(Exception):
    """The address does not exist, or takes nothing from us (5xx at RCPT)."""


class Unsendable(Exception):
    """This one message is refused for good."""


class Later(Exception):
    """Not now. `everybody` says that it is the server's trouble, not this message's."""

    def __init__(self, why: str, *, everybody: bool) -> None:
        super().__init__(why)
        self.everybody = everybody


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server of the settings."""

    scheme: str
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    sender: str


def server() -> Server | None:
    """The mail server, or None where the operator has named none: then nothing is sent."""
    given = config()
    if not given.smtp_url:
        return None
    parts = urlsplit(given.smtp_url)
    port = parts.port or _PORTS[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.scheme, parts.hostname or "", port, user, password, given.mail_from)


@contextmanager
def opened(to: Server) -> Iterator[smtplib.SMTP]:
    """A connection to the server, encrypted as the settings say, signed in where they name a user. Raises Later."""
    session: smtplib.SMTP | None = None
    try:
        if to.scheme == "smtps":
            context = ssl.create_default_context()
            session = smtplib.SMTP_SSL(to.host, to.port, timeout=PATIENCE_SECONDS, context=context)
        else:
            session = smtplib.SMTP(to.host, to.port, timeout=PATIENCE_SECONDS)
            if to.scheme == "smtp":
                session.starttls(context=ssl.create_default_context())
        session.ehlo_or_helo_if_needed()
        if to.user:
            session.login(to.user, to.password)
    except (OSError, smtplib.SMTPException) as error:
        if session is not None:
            session.close()
        # What a server answers to a sign-in may repeat what was sent.
        why = type(error).__name__ if isinstance(error, smtplib.SMTPAuthenticationError) else _why(error)
        raise Later(why, everybody=True) from None
    try:
        yield session
    finally:
        with suppress(OSError, smtplib.SMTPException):
            session.quit()


def hand_over(session: smtplib.SMTP, sender: str, message: EmailMessage) -> None:
    """Give the server one message. Raises Refused, Unsendable or Later; returns once the server has taken it."""
    try:
        _check(session.mail(sender), Later, everybody=True)
        code, said = session.rcpt(str(message["To"]))
        if code not in (250, 251):
            _refuse_recipient(code, said)
        code, said = session.data(message.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as error:
        code, said = error.smtp_code, bytes(error.smtp_error) if isinstance(error.smtp_error, bytes) else b""
    except (OSError, smtplib.SMTPException) as error:
        raise Later(_why(error), everybody=True) from None
    if code != 250:
        with suppress(OSError, smtplib.SMTPException):
            session.rset()
        if code >= 500:
            raise Unsendable(_said(code, said))
        raise Later(_said(code, said), everybody=False)


def _refuse_recipient(code: int, said: bytes) -> None:
    if code == 421:
        raise Later(_said(code, said), everybody=True)
    if code >= 500:
        raise Refused(_said(code, said))
    raise Later(_said(code, said), everybody=False)


def _check(answer: tuple[int, bytes], error: type[Later], *, everybody: bool) -> None:
    if answer[0] != 250:
        raise error(_said(*answer), everybody=everybody)


def _said(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"[:300]


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
