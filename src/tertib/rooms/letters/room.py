"""Letters and dispositions: the room every city hall starts with."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tertib.matters.registers import FIELDS
from tertib.matters.rooms import Book, MenuEntry, Room, Together
from tertib.notices import reminding
from tertib.rooms.letters import (
    arrivals,
    desk,
    dispositions,
    drafting,
    filing,
    news,
    receiving,
    remarks,
    rules,
    says,
    sending,
    unfinished,
)
from tertib.rooms.letters.meanings import MEANINGS
from tertib.rooms.letters.setup import after_setup


def page(matter: object) -> str:
    return f"/surat/{matter}"


room = Room(
    name="letters",
    label=_("Letters"),
    package="tertib.rooms.letters",
    guards={
        "nothing_came_back": dispositions.nothing_came_back,
        "is_complete": drafting.is_complete,
        "only_registered": filing.only_registered,
        "once_a_working_day": reminding.once_a_working_day,
    },
    effects={
        "dispose": dispositions.dispose,
        "report": dispositions.report,
        "give_back": dispositions.give_back,
        "recall": dispositions.recall,
        "withdraw_dispositions": dispositions.withdraw_dispositions,
        "back_to_recipient": dispositions.back_to_recipient,
        "attach": filing.attach,
        "link": filing.link,
        "correct": filing.correct,
        "void": filing.void,
        "save_draft": drafting.save_draft,
        "next_reviewer": drafting.next_reviewer,
        "put_initials": drafting.put_initials,
        "restart_review": drafting.restart_review,
        "as_shown": drafting.as_shown,
        "comment": remarks.comment,
        "settle": remarks.settle,
        "sign": drafting.sign,
        "cancel": drafting.cancel,
        "dispatch": sending.dispatch,
        "arrived": arrivals.arrived,
    },
    meanings=MEANINGS,
    followers={"letters.exchange": sending.follow_dispatches},
    menu=(
        MenuEntry(_("Incoming letters"), "letters:incoming", "mail", key="m"),
        MenuEntry(_("Outgoing letters"), "letters:outgoing", "send", key="k"),
    ),
    begin=(
        MenuEntry(_("Register a letter"), "letters:register", "plus", frozenset({"registrar"}), "letters:upload"),
        MenuEntry(_("Write a letter"), "letters:draft", "plus"),
    ),
    urls="tertib.rooms.letters.urls",
    api="tertib.rooms.letters.api",
    page=page,
    tell=says.tell,
    lines=desk.lines,
    unfinished=unfinished.of,
    keys=desk.KEYS,
    together=(
        Together(desk.DISPOSE, _("Dispose together"), "letters:dispose_together", "git-fork", "d"),
        Together(desk.NOTED, _("Noted, finish"), "letters:note_together", "check", "s"),
    ),
    news=news.NEWS,
    jobs=("tertib.rooms.letters.jobs",),
    after_setup=after_setup,
    registers={
        receiving.AGENDA_IN: Book(
            _("Agenda of incoming letters"),
            receiving.AGENDA_PATTERN,
            frozenset({"n", "year", "month", "roman_month"}),
        ),
        drafting.REGISTER_OUT: Book(_("Numbers of outgoing letters"), drafting.PATTERN_OUT, FIELDS),
    },
    settings=(MenuEntry(_("Urgency rules"), "letters:rules", "timer"),),
    notes={rules.ADDED: _("Urgency rule added")},
)
