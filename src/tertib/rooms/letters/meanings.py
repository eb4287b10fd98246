"""What the guards of letters ask and their effects do, in words, for whoever reads a procedure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MEANINGS = {
    "nothing_came_back": _("every part is settled: at least one answered, none returned and undecided"),
    "is_complete": _("the letter has recipients and can be made up as a paper"),
    "only_registered": _("nothing was decided about the letter yet"),
    "once_a_working_day": _("nobody reminded of it on this working day yet"),
    "as_shown": _("the draft is still the one that was shown"),
    "comment": _("a remark is put at its paragraph"),
    "settle": _("a remark is settled"),
    "dispose": _("each recipient gets a part with its own holder and due date"),
    "report": _("the answer is kept, with its papers"),
    "give_back": _("the reason of the return is kept"),
    "recall": _("it is taken back, with whatever was passed on from it"),
    "withdraw_dispositions": _("what is still open below it ends"),
    "back_to_recipient": _("it lies with its recipient again"),
    "attach": _("the papers are kept with the letter"),
    "link": _("the two letters are joined"),
    "correct": _("the registration is mended; what stood before is kept in the record"),
    "void": _("the agenda number is cancelled with the reason"),
    "save_draft": _("what the drafter wrote is kept"),
    "next_reviewer": _("it goes to the next desk of the chain, after the last one to whoever signs"),
    "put_initials": _("the reviewer's initials are put"),
    "restart_review": _("the chain of review begins anew"),
    "sign": _("the letter gets its number and its date, and its paper is final"),
    "cancel": _("a number that was given is cancelled with the reason"),
    "dispatch": _("it is sent to everybody it is addressed to"),
    "arrived": _("when, how and with whom the paper arrived is kept"),
}
