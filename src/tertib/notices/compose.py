"""What an e-mail or a pushed notice says. The subject of a secret matter never leaves the city's own server."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from django.core import signing
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.models import Security
from tertib.ground.config import config
from tertib.ground.tenancy import here
from tertib.ground.tenancy.models import Domain
from tertib.notices.models import Kind, Sending
from tertib.notices.queries import Shown, plain_words

_SALT = "tertib.notices.stop"


@dataclass(frozen=True, slots=True)
class Line:
    """A matter in an e-mail: what happened, what it is about, where to read it."""

    words: str
    title: str
    link: str
    due: str = ""


def base() -> str:
    """The address of the current government, without a slash at its end."""
    given = config()
    port = "" if given.https else f":{given.port}"
    return f"{'https' if given.https else 'http'}://{domain()}{port}"


def domain() -> str:
    """The host name that leads to the current government."""
    found = Domain.objects.filter(tenant__schema_name=here.schema()).order_by("-is_primary", "domain").first()
    return str(found.domain) if found else "localhost"


def token(person: uuid.UUID, way: str) -> str:
    """What the link that stops e-mail carries: whose, and which."""
    return signing.dumps({"g": here.schema(), "p": str(person), "w": way}, salt=_SALT)


def whose(text: str) -> tuple[uuid.UUID, str] | None:
    """The person and the way that a link wants stopped; None where it is not ours, or another government's."""
    try:
        given = signing.loads(text, salt=_SALT)
        return (uuid.UUID(given["p"]), given["w"]) if given["g"] == here.schema() else None
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def secret_words() -> str:
    """All that is told of a secret matter outside."""
    return _("There is a secret matter on your desk")


def line(shown: Shown, address: str) -> Line:
    """A notice as an e-mail may tell it."""
    link = f"{address}/pemberitahuan/{shown.id}"
    if shown.security >= Security.RAHASIA:
        return Line(secret_words(), "", link)
    words = f"{shown.words} · {shown.by_post}" if shown.by_post else shown.words
    return Line(words, one_line(shown.title), link, when(shown.due_at))


def when(at: datetime | None) -> str:
    """A due date in words, in the government's time zone; empty where there is none."""
    return date_format(at.astimezone(here.zone()), "l, j F Y, H.i") if at else ""


def one_line(text: str) -> str:
    """A title fit for a head of an e-mail."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def notice_mail(sending: Sending, shown: Shown, to: str) -> EmailMessage:
    """The e-mail of one notice. E-mails about one matter hang together by `References`."""
    address = base()
    told = line(shown, address)
    subject = f"{told.words}: {told.title}" if told.title else told.words
    message = _mail(sending, to, subject, {"lines": [told], "heading": ""}, address)
    thread = f"<{shown.matter}@{domain()}>"
    message["References"] = thread
    message["In-Reply-To"] = thread
    return message


def gathered_mail(sending: Sending, shown: Sequence[Shown], to: str) -> EmailMessage:
    """One e-mail of several notices of one kind. No thread: they are of several matters."""
    address = base()
    count = len(shown)
    if shown[0].kind == Kind.ARRIVED:
        subject = _("%(count)s new matters on your desk") % {"count": count}
    else:
        subject = f"{plain_words(shown[0].kind)} ({count})"
    return _mail(sending, to, subject, {"lines": [line(one, address) for one in shown], "heading": subject}, address)


def digest_mail(sending: Sending, groups: Sequence[tuple[str, Sequence[Line]]], to: str, day: str) -> EmailMessage:
    """The e-mail of a morning."""
    subject = _("Your desk on %s") % day
    return _mail(sending, to, subject, {"groups": groups, "heading": subject}, base())


def _mail(sending: Sending, to: str, subject: str, facts: dict[str, Any], address: str) -> EmailMessage:
    stop = f"{address}/pemberitahuan/berhenti/{token(sending.person_id, str(sending.way))}"
    message = EmailMessage()
    sender = config().mail_from
    name, _at, host = sender.rpartition("@")
    message["From"] = Address(one_line(f"Tertib {here.name()}"), name, host)
    message["To"] = to
    message["Subject"] = one_line(subject)[:200]
    message["Date"] = format_datetime(sending.made_at)
    message["Message-ID"] = f"<{sending.id}@{domain()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    facts = {"government": here.name(), **facts}
    message.set_content(render_to_string("notices/mail.txt", facts))
    message.add_alternative(render_to_string("notices/mail.html", facts), subtype="html")
    return message


def pushed(shown: Shown) -> dict[str, str]:
    """What a browser shows. It passes through a service of the browser's maker, so only of ordinary matters it says
    what they are about.
    """
    address = f"/pemberitahuan/{shown.id}"
    if shown.security >= Security.RAHASIA:
        return {"title": "Tertib", "body": secret_words(), "url": address, "tag": str(shown.matter)}
    if shown.security > Security.BIASA:
        return {"title": "Tertib", "body": shown.words, "url": address, "tag": str(shown.matter)}
    return {"title": shown.words, "body": one_line(shown.title)[:300], "url": address, "tag": str(shown.matter)}
