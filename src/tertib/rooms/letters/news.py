"""What is news to whom, beside that something arrives on a desk."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tertib.matters.rooms import News

_DISPOSITION, _INCOMING, _OUTGOING = "letters.disposition", "letters.incoming", "letters.outgoing"

NEWS: Mapping[tuple[str, str], News] = {
    (_DISPOSITION, "open"): News("arrived", "holder", _("A disposition for you")),
    (_DISPOSITION, "report"): News("answered", "opener", _("Your disposition was answered")),
    (_DISPOSITION, "take_back"): News("answered", "opener", _("Your disposition was answered")),
    (_DISPOSITION, "return"): News("returned", "opener", _("Your disposition came back undone")),
    (_DISPOSITION, "ask"): News("asked", "holder", _("An explanation of your disposition is asked")),
    (_DISPOSITION, "answer"): News("arrived", "holder", _("Your question was answered")),
    (_DISPOSITION, "recall"): News("withdrawn", "left", _("A disposition was taken back from you")),
    (_DISPOSITION, "remind"): News("reminder", "holder", _("You are reminded of a disposition")),
    (_INCOMING, "open"): News("arrived", "holder", _("A letter for you")),
    (_INCOMING, "forward"): News("arrived", "holder", _("A letter was passed on to you")),
    (_INCOMING, "children_closed"): News("answered", "left", _("All parts of a letter are done")),
    (_INCOMING, "remind"): News("reminder", "holder", _("You are reminded of a letter")),
    (_OUTGOING, "submit"): News("arrived", "holder", _("A draft for you to review or sign")),
    (_OUTGOING, "initial"): News("arrived", "holder", _("A draft for you to review or sign")),
    (_OUTGOING, "send_back"): News("returned", "holder", _("Your draft came back with remarks")),
    (_OUTGOING, "sign"): News("signed", "opener", _("Your draft was signed")),
    (_OUTGOING, "cancel"): News("withdrawn", "left", _("A draft on your desk was cancelled")),
    (_OUTGOING, "receipt"): News("delivered", "opener", _("News of a delivery to another government")),
    (_OUTGOING, "arrive"): News("delivered", "opener", _("The arrival of your letter was recorded")),
    (_OUTGOING, "remind"): News("reminder", "holder", _("You are reminded of a draft")),
}
