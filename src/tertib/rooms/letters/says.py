"""What an entry of the record says, in the words of a colleague."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.models import Post, Security
from tertib.matters.models import Link, Urgency
from tertib.matters.queries import Event
from tertib.matters.telling import Told, quotes
from tertib.rooms.letters.arrivals import How
from tertib.rooms.letters.models import Instruction, Party, Recipient


@dataclass(frozen=True, slots=True)
class Known:
    """Names an entry needs: posts, and the titles of those linked matters that the reader may see."""

    posts: Mapping[str, str]
    matters: Mapping[str, str]


def known(events: Iterable[Event], matters: Mapping[str, str]) -> Known:
    """The names of all posts that the entries mention, in one statement."""
    wanted = {text for event in events for text in _posts_in(event)}
    names = Post.objects.filter(pk__in=wanted).values_list("id", "name") if wanted else []
    return Known({str(key): name for key, name in names}, matters)


def _posts_in(event: Event) -> list[uuid.UUID]:
    data = (event.body or {}).get("data") or {}
    draft = data.get("draft") or {}
    texts = [
        *_strings(data.get("recipients")),
        *_strings([data.get("recipient"), data.get("post"), draft.get("signer")]),
    ]
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _strings(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def tell(events: Sequence[Event], titles: Mapping[str, str]) -> list[Told]:
    """Each entry with what was said in it. `titles` are those of the linked matters that the reader may see."""
    names = known(events, titles)
    return [_tell(event, names) for event in events]


def _tell(event: Event, names: Known) -> Told:
    told = Told(event, done(event.action) or event.label)
    if event.body is None:
        return told
    data = event.body.get("data") or {}
    result = event.body.get("result") or {}
    teller = _TELLERS.get(event.action)
    if teller:
        teller(told, data, result, names)
    told.quotes += quotes(event)
    papers = [*(data.get("papers") or []), *(result.get("papers") or [])]
    told.papers = [paper for paper in papers if isinstance(paper, dict) and paper.get("name")]
    return told


def done(action: str) -> str:
    """What was done, once it is: the words of a button would read as an order. Empty for what has no such words."""
    return {
        "dispose": _("Disposed"),
        "finish": _("Finished without disposition"),
        "forward": _("Passed on"),
        "close": _("Decided to be done"),
        "correct": _("Registration corrected"),
        "attach": _("File attached"),
        "remark": _("Remark added"),
        "link": _("Linked"),
        "report": _("Answered with a report"),
        "take_back": _("Answered without waiting for the others"),
        "ask": _("Asked back"),
        "answer": _("Explained"),
        "return": _("Returned with a reason"),
        "recall": _("Recalled"),
        "save": _("Draft saved"),
        "submit": _("Submitted"),
        "initial": _("Initialled and passed on"),
        "send_back": _("Sent back with remarks"),
        "comment": _("Remark at a paragraph"),
        "settle": _("Remark answered"),
        "sign": _("Signed"),
        "dispatch": _("Dispatched"),
        "cancel": _("Cancelled"),
        "void": _("Registration voided"),
        "arrive": _("Arrival recorded"),
        "remind": _("Reminder sent"),
    }.get(action, "")


def remarks(events: Iterable[Event]) -> str:
    """What the last reviewer who sent the draft back had to say; empty where nobody did."""
    sent_back = [event for event in events if event.action == "send_back" and event.body]
    return str(((sent_back[-1].body or {}).get("data") or {}).get("remarks", "")) if sent_back else ""


def _opened(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    begun = {
        "letters.incoming": _("Registered"),
        "letters.outgoing": _("Draft begun"),
        "letters.disposition": _("Disposed"),
    }
    told.label = begun.get(str((told.event.body or {}).get("procedure")), told.label)
    sender = data.get("sender") or {}
    if sender.get("name"):
        told.facts.append(_("from %s") % sender["name"])
    if data.get("number"):
        told.facts.append(_("number %s") % data["number"])
    if data.get("letter_date"):
        told.facts.append(_("dated %s") % day(data["letter_date"]))
    if data.get("addressee"):
        told.facts.append(_("addressed to %s") % data["addressee"])
    _disposed(told, data, result, names)
    _drafted(told, data, result, names)
    _levels(told, names)


def _levels(told: Told, names: Known) -> None:
    body = told.event.body or {}
    if body.get("security"):
        told.facts.append(str(Security(body["security"]).label))
    if body.get("urgency"):
        told.facts.append(str(Urgency(body["urgency"]).label))


def _drafted(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    draft = data.get("draft") or {}
    if draft.get("signer"):
        told.facts.append(_("to be signed by %s") % names.posts.get(draft["signer"], "…"))
    if draft.get("recipients"):
        told.facts.append(_("for %s") % _joined([item.get("name", "") for item in draft["recipients"]]))


def _disposed(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    recipients = _strings(data.get("recipients")) or _strings([data.get("recipient")])
    if recipients:
        told.facts.append(_("to %s") % _joined([names.posts.get(text, "…") for text in recipients]))
    if data.get("instructions"):
        told.facts.append("; ".join(instructions(data["instructions"])))
    if data.get("due"):
        told.facts.append(_("due %s") % due(str(data["due"])))
    if data.get("also_letter"):
        told.facts.append(_("the letter itself is due then as well"))


def _forwarded(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    told.facts.append(_("to %s") % names.posts.get(str(data.get("post")), "…"))


def _signed(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    number = result.get("number") or {}
    if number.get("text"):
        told.facts.append(_("number %s") % number["text"])


def _cancelled(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    if result.get("cancelled"):
        told.facts.append(_("the number %s is given up and will not be used again") % result["cancelled"])


def _dispatched(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    for item in result.get("recipients") or []:
        told.facts.append(f"{item.get('name', '')}: {status(item.get('status', ''))}")


def _receipt(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    told.facts.append(
        f"{data.get('to') or result.get('to', '')}: {status(data.get('status') or result.get('status', ''))}"
    )
    if data.get("received_on"):
        told.facts.append(arrival(data))
    if data.get("agenda"):
        told.facts.append(_("agenda number there: %s") % data["agenda"])


def _linked(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    kind = link_words(str(data.get("kind", "")))
    told.facts.append(f"{kind} {names.matters.get(str(data.get('target')), _('another letter'))}")


def _corrected(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    labels = field_words()
    for name, before in (result.get("before") or {}).items():
        told.facts.append(
            _("%(field)s: “%(before)s” became “%(after)s”")
            % {
                "field": labels.get(name, name),
                "before": _registered(name, before),
                "after": _registered(name, data.get(name, "")),
            }
        )


def _registered(name: str, value: Any) -> str:
    """A field of a registration in words."""
    levels: Any = {"security": Security, "urgency": Urgency}.get(name)
    if levels is not None and value in levels.values:
        return str(levels(value).label)
    return day(value) if name in ("letter_date", "received_on") and value else str(value)


def _reclassified(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    told.facts.append(_registered("security", (told.event.body or {}).get("security", 0)))


def _at_paragraph(told: Told, data: dict[str, Any], result: dict[str, Any], names: Known) -> None:
    words = " ".join(str(result.get("quote", "")).split())
    if words:
        told.facts.append(_("at: “%s”") % (words if len(words) <= 100 else f"{words[:100]}…"))


_TELLERS = {
    "comment": _at_paragraph,
    "settle": _at_paragraph,
    "open": _opened,
    "dispose": _disposed,
    "forward": _forwarded,
    "save": _drafted,
    "sign": _signed,
    "cancel": _cancelled,
    "void": _cancelled,
    "dispatch": _dispatched,
    "receipt": _receipt,
    "arrive": _receipt,
    "link": _linked,
    "correct": _corrected,
    "reclassified": _reclassified,
}


def field_words() -> dict[str, str]:
    """The fields of a registration as a reader calls them."""
    return {
        "subject": _("subject"),
        "number": _("number"),
        "letter_date": _("date of the letter"),
        "received_on": _("received on"),
        "sender_name": _("sender"),
        "sender_address": _("address"),
        "security": _("security"),
        "urgency": _("urgency"),
        "classification": _("classification"),
        "summary": _("summary"),
    }


def instructions(codes: Sequence[str]) -> list[str]:
    """The standard phrases of a disposition in words."""
    return [str(Instruction(code).label) for code in codes if code in Instruction.values]


def status(code: str) -> str:
    """How far a delivery has come, in words."""
    return str(Recipient.Status(code).label) if code in Recipient.Status.values else code


def arrival(receipt: Mapping[str, Any] | None) -> str:
    """When, how and with whom a paper arrived, in a line; empty where nobody recorded that."""
    if not receipt or "received_on" not in receipt:
        return ""
    facts = {"day": day(receipt["received_on"]), "how": How(receipt["how"]).label, "who": receipt["received_by"]}
    return _("on %(day)s, %(how)s, received by %(who)s") % facts


def party(code: str) -> str:
    """What kind of sender or recipient, in words."""
    return str(Party(code).label) if code in Party.values else code


def link_words(kind: str) -> str:
    """What a linked letter is to this one; `_of` says the same from the other side."""
    backward = {
        "reply_to_of": _("is answered by"),
        "follows_up_of": _("is followed up by"),
        "attached_to_of": _("has as attachment"),
        "delivered_from_of": _("was delivered as"),
    }
    return backward.get(kind) or (str(Link.Kind(kind).label) if kind in Link.Kind.values else kind)


def due(text: str) -> str:
    """A due date as it was chosen: a day, or an amount of time."""
    try:
        return day(text)
    except ValueError:
        return {
            "1 working days": _("the next working day"),
            "3 working days": _("in three working days"),
            "5 working days": _("in five working days"),
        }.get(text, text)


def day(text: str) -> str:
    """An ISO date in words. Raises ValueError for what is none."""
    return date_format(date.fromisoformat(text), "j F Y")


def _joined(names: Sequence[str]) -> str:
    shown = [name for name in names if name]
    return ", ".join(shown[:6]) + (_(" and %d more") % (len(shown) - 6) if len(shown) > 6 else "")
