"""What waits to be sent, and how it leaves: at least once.

A row is taken by one short statement, sent outside of any transaction (a server that hangs must not hold up those who
read the record in order), and closed by another. Whoever is killed between has sent it perhaps; then it is sent again
some minutes later, with the same Message-ID. Nothing else can be doubled, and nothing is lost.
"""

from __future__ import annotations

import hmac
import smtplib
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from django.db import connection
from django.utils import translation

from tertib.government import authority, calendars
from tertib.government.authority import Reader
from tertib.government.models import Person
from tertib.government.worktime import WorkCalendar, add_working_minutes
from tertib.ground.config import config
from tertib.ground.logs import logger
from tertib.ground.time import now
from tertib.matters.desks import desks
from tertib.matters.models import Urgency
from tertib.notices import compose, digest, push, queries, smtp, wishes
from tertib.notices.models import Notice, Sending, Wishes
from tertib.notices.wishes import Told

log = logger(__name__)
# Longer than handing over one message can take; then whoever took it is dead.
CLAIM = timedelta(minutes=5)
ROUND_SECONDS = 50
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=6)
# E-mails for one person in an hour, the digest not counted. What is above waits.
MAILS_AN_HOUR = 20
PUSHES_AN_HOUR = 30
# After an e-mail of one kind, the next ones of that kind wait so long and come as one, each with a line. What is very
# urgent doesn't wait.
GATHERED = timedelta(minutes=5)
MOST_TOGETHER = 100
_HOUR = timedelta(hours=1)

_CLAIM = """
UPDATE notices_sending SET after = %(until)s, attempts = attempts + 1 WHERE id = (
  SELECT id FROM notices_sending WHERE state = 'waiting' AND after <= %(now)s AND way = ANY(%(ways)s)
  ORDER BY after, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""
# They are taken as `_CLAIM` takes one: whoever dies with them leaves them to the next.
_CLAIM_ALONG = """
UPDATE notices_sending SET after = %(until)s WHERE id IN (
  SELECT s.id FROM notices_sending s JOIN notices_notice n ON n.id = s.notice_id
  WHERE s.state = 'waiting' AND s.after <= %(now)s AND s.way = 'mail' AND s.person_id = %(person)s
    AND n.kind = %(kind)s AND s.id <> %(id)s ORDER BY s.id LIMIT %(most)s FOR UPDATE OF s SKIP LOCKED)
RETURNING id"""


class Drop(Exception):
    """Not to be sent any more; the reason is kept."""


class Wait(Exception):
    """Not before a moment, and it counts as no attempt."""

    def __init__(self, until: datetime) -> None:
        self.until = until


@dataclass(frozen=True, slots=True)
class _To:
    """For whom something is sent, as they are now."""

    person: Person
    reader: Reader
    told: Told
    calendar: WorkCalendar | None


def send_waiting(seconds: float = ROUND_SECONDS, *, mail: bool = True, pushes: bool = True) -> int:
    """Send what waits in the current government, for at most so long: e-mails, pushes, or both. Answers how many were
    dealt with.
    """
    until, done = time.monotonic() + seconds, 0
    server = smtp.server() if mail else None
    ways = [*(["mail", "digest"] if server else []), *(["push"] if pushes and config().push else [])]
    with ExitStack() as stack:
        session: smtplib.SMTP | None = None
        while ways and time.monotonic() < until and (row := _take(ways)):
            done += 1
            try:
                if row.way == Sending.Way.PUSH:
                    _push(row)
                elif server:
                    message, along = _message(row)
                    session = session or stack.enter_context(smtp.opened(server))
                    smtp.hand_over(session, server.sender, message)
                    done += len(along)
                    for other in along:
                        _close(other, Sending.State.SENT)
                _close(row, Sending.State.SENT)
            except Drop as why:
                _close(row, Sending.State.DROPPED, str(why))
            except Wait as wait:
                Sending.objects.filter(pk=row.pk).update(after=wait.until, attempts=row.attempts - 1)
            except smtp.Refused as why:
                _refused(row, str(why))
            except smtp.Unsendable as why:
                _close(row, Sending.State.FAILED, str(why))
            except smtp.Later as later:
                _later(row, str(later))
                if later.everybody:
                    log.warning("the mail server is not there for us", why=str(later))
                    session, ways = None, [way for way in ways if way == "push"]
            except Exception:
                # A fault of ours in one message must not keep all others from being sent.
                log.exception("a notice could not be sent", sending=str(row.pk))
                _later(row, "error")
    return done


def _take(ways: list[str]) -> Sending | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now(), "until": now() + CLAIM, "ways": ways})
        found = cursor.fetchone()
    return Sending.objects.select_related("notice").get(pk=found[0]) if found else None


def _close(row: Sending, state: str, why: str = "") -> None:
    Sending.objects.filter(pk=row.pk).update(state=state, why=why[:300], done_at=now())


def _later(row: Sending, why: str) -> None:
    """Try again, with growing pauses, and give up at last."""
    if row.attempts >= MOST_ATTEMPTS:
        _close(row, Sending.State.FAILED, why)
        return
    pause = min(timedelta(minutes=2 ** (row.attempts - 1)), LONGEST_WAIT)
    Sending.objects.filter(pk=row.pk).update(after=now() + pause, why=why[:300])


def _refused(row: Sending, why: str) -> None:
    """The address is no good: nothing more goes there until it changes, and its owner is told in Tertib."""
    address = Person.objects.values_list("email", flat=True).get(pk=row.person_id)
    values = {"refused_at": now(), "refused_why": why[:300], "refused_address": address}
    Wishes.objects.update_or_create(person_id=row.person_id, defaults=values)
    _close(row, Sending.State.FAILED, why)


def _to(row: Sending) -> _To:
    person = Person.objects.get(pk=row.person_id)
    if not person.is_active:
        raise Drop("not active")
    if person.is_sample:
        raise Drop("nobody")
    reader = authority.reader(person.pk, person.name)
    return _To(person, reader, wishes.of([person.pk])[person.pk], calendar_of(reader))


def calendar_of(reader: Reader) -> WorkCalendar | None:
    """The working calendar of the reader's first post; None without one."""
    if not reader.seats:
        return None
    post = reader.seats[0].post
    desk = desks([post]).get(post)
    return calendars.load(desk.calendar, desk.calendar_version) if desk else None


def _message(row: Sending) -> tuple[EmailMessage, list[Sending]]:
    """The e-mail of a row, and what else it tells. Raises Drop or Wait where it is not to be sent, or not now."""
    to = _to(row)
    if not to.told.mail_to:
        raise Drop("no address")
    if row.way == Sending.Way.DIGEST:
        return _digest(row, to), []
    if not to.told.row.mail:
        raise Drop("no e-mail wanted")
    shown = _shown(row, to, wishes.BY_MAIL)
    _gather(row, shown)
    _pace(row, MAILS_AN_HOUR)
    along = _along(row, to, shown.kind)
    with translation.override(to.told.language):
        if not along:
            return compose.notice_mail(row, shown, to.told.mail_to), []
        message = compose.gathered_mail(row, [shown, *(other for _row, other in along)], to.told.mail_to)
    return message, [other for other, _shown in along]


def _gather(row: Sending, shown: queries.Shown) -> None:
    """Raises Wait where the person had an e-mail of this kind a moment ago."""
    if shown.urgency == Urgency.SANGAT_SEGERA:
        return
    mails = Sending.objects.filter(person=row.person_id, way=row.way, state=Sending.State.SENT)
    last = mails.filter(done_at__gt=now() - GATHERED, notice__kind=shown.kind).order_by("-done_at").first()
    if last and last.done_at:
        raise Wait(last.done_at + GATHERED)


def _along(row: Sending, to: _To, kind: str) -> list[tuple[Sending, queries.Shown]]:
    """What else of this kind waits for the person and may be told now; what is not to be sent is closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM_ALONG,
            {
                "now": now(),
                "until": now() + CLAIM,
                "person": row.person_id,
                "kind": kind,
                "id": row.pk,
                "most": MOST_TOGETHER,
            },
        )
        taken = [found for (found,) in cursor.fetchall()]
    along = []
    for other in Sending.objects.select_related("notice").filter(pk__in=taken).order_by("pk"):
        try:
            along.append((other, _shown(other, to, wishes.BY_MAIL)))
        except Drop as why:
            _close(other, Sending.State.DROPPED, str(why))
        except Wait as wait:
            Sending.objects.filter(pk=other.pk).update(after=wait.until)
    return along


def _digest(row: Sending, to: _To) -> EmailMessage:
    at = now()
    if not to.told.row.digest:
        raise Drop("no digest wanted")
    if to.calendar is None or not to.calendar.hours_on(at.astimezone(to.calendar.zone).date()):
        raise Drop("not a working day")
    with translation.override(to.told.language):
        found = digest.groups(to.reader, to.told)
        if not found:
            raise Drop("nothing to say")
        return compose.digest_mail(row, found, to.told.mail_to, digest.day_words(at))


def _shown(row: Sending, to: _To, ways: tuple[str, ...]) -> queries.Shown:
    """The notice, if its reader still wants and may have it now."""
    notice: Notice | None = row.notice
    if notice is None or notice.read_at is not None:
        raise Drop("read")
    if to.told.way(notice.kind, notice.urgency) not in ways:
        raise Drop("not wanted this way")
    urgent = notice.urgency == Urgency.SANGAT_SEGERA and to.told.row.urgent_always
    if to.told.row.quiet and not urgent:
        _within_hours(to.calendar)
    shown = queries.one(to.reader, notice.pk)
    if shown is None:
        raise Drop("not to be seen")
    return shown


def _within_hours(calendar: WorkCalendar | None) -> None:
    """Raises Wait outside of working hours, until they begin."""
    at = now()
    if calendar is None or at in calendar:
        return
    raise Wait(add_working_minutes(calendar, at, 1) - timedelta(minutes=1))


def _pace(row: Sending, most: int) -> None:
    """Raises Wait where the person was sent enough for an hour."""
    since = now() - _HOUR
    sent = Sending.objects.filter(person=row.person_id, way=row.way, state=Sending.State.SENT, done_at__gt=since)
    recent = list(sent.order_by("-done_at").values_list("done_at", flat=True)[:most])
    if len(recent) == most and recent[-1] is not None:
        raise Wait(recent[-1] + _HOUR)


def _push(row: Sending) -> None:
    to = _to(row)
    shown = _shown(row, to, wishes.BY_PUSH)
    _pace(row, PUSHES_AN_HOUR)
    with translation.override(to.told.language):
        payload = compose.pushed(shown)
    urgent = shown.urgency == Urgency.SANGAT_SEGERA
    try:
        if not push.send_to_all(row.person_id, payload, urgent=urgent, topic=topic(row.person_id, shown.matter)):
            raise Drop("no browser")
    except push.Later as later:
        raise smtp.Later(str(later), everybody=False) from None


def topic(person: uuid.UUID, matter: uuid.UUID) -> str:
    """A newer notice of a matter takes the place of one that was not delivered yet (RFC 8030, 5.4).

    The push service sees it, so it tells neither which matter it is nor who else is told of it.
    """
    return hmac.new(config().secret("push-topics"), person.bytes + matter.bytes, "sha256").hexdigest()[:32]
