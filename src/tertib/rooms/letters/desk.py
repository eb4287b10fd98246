"""What a desk says of letters and their parts, beside what the engine knows: sender, a question, what came back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from tertib.matters.rooms import Line
from tertib.rooms.letters.branches import ASKING, came_back_words

_LINES = """
SELECT m.id, m.state, COALESCE(g.name, CASE WHEN l.direction = 'in' THEN l.sender_name ELSE '' END),
  COALESCE(r.name, ''),
  (SELECT count(*) FROM matters_matter c JOIN letters_disposition b ON b.matter_id = c.id
   WHERE c.parent_id = m.id AND b.outcome = 'returned' AND NOT b.handled)
FROM matters_matter m JOIN letters_letter l ON l.matter_id = COALESCE(m.ancestors[1], m.id)
LEFT JOIN letters_disposition d ON d.matter_id = m.id
LEFT JOIN government_post g ON g.id = d.giver_id LEFT JOIN government_post r ON r.id = d.recipient_id
WHERE m.id = ANY(%s)"""


def lines(matters: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Line]:
    """The words for these matters, which lie on the reader's desk. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [list(matters)])
        return {row[0]: _line(*row[1:]) for row in cursor.fetchall()}


def _line(state: str, sender: str, recipient: str, came_back: int) -> Line:
    if state == ASKING:
        return Line(recipient, _("%s asks you for an explanation") % recipient)
    return Line(sender, came_back_words(came_back) if came_back else "")
