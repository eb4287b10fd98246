"""What a desk says of letters and their parts, beside what the engine knows: sender, a question, what came back, and
what can be done with several of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from tertib.matters import procedures
from tertib.matters.procedures import Action
from tertib.matters.rooms import Line
from tertib.rooms.letters.branches import ASKING, came_back_words
from tertib.rooms.letters.models import Instruction

# The letter of each action, on a letter's page and on the line of a desk.
KEYS = {
    "dispose": "d", "report": "l", "ask": "t", "answer": "l", "return": "b", "finish": "s", "close": "s",
    "forward": "u",
    "remark": "c", "attach": "a", "sign": "d", "send_back": "b", "initial": "p", "submit": "p", "dispatch": "p",
    "comment": "n",
}  # fmt: skip
# What is done together, as an action of each procedure. Nothing that needs a password, and nothing that others would
# have to undo: a part is only noted where no more was asked than to know of it.
DISPOSE, NOTED = "dispose", "noted"
TOGETHER: Mapping[str, Mapping[str, str]] = {
    DISPOSE: {"letters.incoming": "dispose", "letters.disposition": "dispose"},
    NOTED: {"letters.incoming": "finish", "letters.disposition": "report"},
}
FOR_INFORMATION = {Instruction.INFORM.value, Instruction.FILE.value}

_LINES = """
SELECT m.id, m.state, COALESCE(g.name, CASE WHEN l.direction = 'in' THEN l.sender_name ELSE '' END),
  COALESCE(r.name, ''),
  (SELECT count(*) FROM matters_matter c JOIN letters_disposition b ON b.matter_id = c.id
   WHERE c.parent_id = m.id AND b.outcome = 'returned' AND NOT b.handled), m.procedure_id, d.instructions
FROM matters_matter m JOIN letters_letter l ON l.matter_id = COALESCE(m.ancestors[1], m.id)
LEFT JOIN letters_disposition d ON d.matter_id = m.id
LEFT JOIN government_post g ON g.id = d.giver_id LEFT JOIN government_post r ON r.id = d.recipient_id
WHERE m.id = ANY(%s)"""


def lines(matters: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Line]:
    """The words for these matters, which lie on the reader's desk. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [list(matters)])
        return {row[0]: _line(*row[1:]) for row in cursor.fetchall()}


def _line(
    state: str, sender: str, recipient: str, came_back: int, procedure: uuid.UUID, asked: list[str] | None
) -> Line:
    if state == ASKING:
        return Line(recipient, _("%s asks you for an explanation") % recipient)
    may = tuple(name for name in TOGETHER if together(name, procedure, state, asked))
    return Line(sender, came_back_words(came_back) if came_back else "", may)


def together(name: str, procedure: uuid.UUID, state: str, asked: Sequence[str] | None) -> Action | None:
    """The action that this is for a matter in this state; None where it can't be done. `asked` are the instructions
    of a part.
    """
    definition = procedures.of(procedure)
    action = definition.actions.get(TOGETHER[name].get(definition.key, ""))
    if action is None or state not in action.source or action.confirm:
        return None
    if name == NOTED and asked is not None and (not asked or not set(asked) <= FOR_INFORMATION):
        return None
    return action
