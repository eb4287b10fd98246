"""Checks over whole tables, one statement each.

A statement gives a row for each fault: matter, entry, then what the text names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetCheck:
    """`what` names the values after the first two by their place: `{0}`, `{1}`."""

    column: str
    what: str
    sql: str


_GIVEN = """
FROM matters_number n JOIN matters_registeryear y ON y.register_id = n.register_id AND y.year = n.year
JOIN matters_register r ON r.id = n.register_id JOIN government_unit u ON u.id = r.unit_id"""

_TRUE_LINEAGE = """
WITH RECURSIVE up AS (
  SELECT id, parent_id, ARRAY[id] AS path FROM government_unit
  UNION ALL SELECT up.id, u.parent_id, up.path || u.id FROM up JOIN government_unit u ON u.id = up.parent_id
  WHERE NOT u.id = ANY(up.path)
)"""


def _overlap(table: str, kinds: str) -> str:
    return f"""
    SELECT NULL::uuid, NULL::int, p.name, a.starts_on, b.starts_on FROM {table} a JOIN {table} b
      ON a.post_id = b.post_id AND a.id < b.id AND {kinds}
      AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')
    JOIN government_post p ON p.id = a.post_id"""  # noqa: S608 - constants of this file


CHECKS: tuple[SetCheck, ...] = (
    # trees
    SetCheck(
        "ancestors",
        "do not lead from the root to the parent",
        """SELECT c.id, NULL::int FROM matters_matter c LEFT JOIN matters_matter p ON p.id = c.parent_id
        WHERE c.ancestors IS DISTINCT FROM CASE WHEN c.parent_id IS NULL THEN '{}' ELSE p.ancestors || p.id END""",
    ),
    SetCheck(
        "children",
        "names the part {0}, which is not there",
        """SELECT e.matter_id, e.n, child FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq,
        jsonb_array_elements_text(b.body -> 'children') AS child
        WHERE b.body ? 'children' AND NOT EXISTS (
          SELECT 1 FROM matters_matter c WHERE c.id = child::uuid AND c.parent_id = e.matter_id)""",
    ),
    SetCheck(
        "parent_id",
        "entry {0} of {1} does not name it among its parts",
        """SELECT c.id, 1, b.body #>> '{parent,n}', c.parent_id FROM matters_matter c
        JOIN matters_entry e ON e.matter_id = c.id AND e.n = 1 JOIN matters_entrybody b ON b.entry_id = e.seq
        LEFT JOIN matters_entry pe ON pe.matter_id = c.parent_id AND pe.n = (b.body #>> '{parent,n}')::int
        LEFT JOIN matters_entrybody pb ON pb.entry_id = pe.seq
        WHERE c.parent_id IS NOT NULL AND b.body IS NOT NULL AND pb.erased_at IS NULL
          AND NOT COALESCE(pb.body -> 'children' ? c.id::text, false)""",
    ),
    # who may see
    SetCheck(
        "sight",
        "{0} can't see the matter that lies with it",
        """SELECT m.id, NULL::int, CASE k WHEN p.id THEN p.name WHEN u.id THEN u.name ELSE k::text END
        FROM matters_matter m JOIN government_post p ON p.id = m.holder_id JOIN government_unit u ON u.id = p.unit_id
        CROSS JOIN unnest(u.lineage || p.id) AS k
        WHERE NOT EXISTS (SELECT 1 FROM matters_sight s WHERE s.viewer = k AND s.matter_id = m.id)""",
    ),
    SetCheck(
        "sight",
        "whoever oversees the whole government can't see the matter",
        """SELECT m.id, NULL::int FROM matters_matter m WHERE NOT EXISTS (SELECT 1 FROM matters_sight s
        WHERE s.viewer = '00000000-0000-0000-0000-000000000000' AND s.matter_id = m.id)""",
    ),
    SetCheck(
        "sight",
        "its opener {0} can't see the matter",
        """SELECT m.id, NULL::int, p.name FROM matters_matter m JOIN government_post p ON p.id = m.opener_id
        WHERE NOT EXISTS (SELECT 1 FROM matters_sight s WHERE s.viewer = m.opener_id AND s.matter_id = m.id)""",
    ),
    SetCheck(
        "security",
        "is {0}, but is seen by {1} as {2}",
        """SELECT m.id, NULL::int, m.security, s.viewer, s.security FROM matters_sight s
        JOIN matters_matter m ON m.id = s.matter_id WHERE s.security <> m.security""",
    ),
    # the order that followers read in
    SetCheck(
        "position",
        "{0} stands where {1} is due",
        """SELECT e.matter_id, e.n, x.position, x.due FROM (
          SELECT position, entry_id, row_number() OVER (ORDER BY position) - 1 AS due FROM matters_sealed) x
        LEFT JOIN matters_entry e ON e.seq = x.entry_id WHERE x.position <> x.due""",
    ),
    SetCheck(
        "position",
        "the entry has {0} places in the order",
        """SELECT e.matter_id, e.n, count(*) FROM matters_sealed s JOIN matters_entry e ON e.seq = s.entry_id
        GROUP BY e.matter_id, e.n HAVING count(*) > 1""",
    ),
    SetCheck(
        "position",
        "position {0} names an entry that is not there",
        """SELECT NULL::uuid, NULL::int, s.position FROM matters_sealed s
        WHERE NOT EXISTS (SELECT 1 FROM matters_entry e WHERE e.seq = s.entry_id)""",
    ),
    SetCheck(
        "position",
        "stands before entry {0}, which it follows",
        """SELECT x.matter_id, x.n, x.before FROM (
          SELECT e.matter_id, e.n, s.position, lag(e.n) OVER w AS before, lag(s.position) OVER w AS place
          FROM matters_sealed s JOIN matters_entry e ON e.seq = s.entry_id
          WINDOW w AS (PARTITION BY e.matter_id ORDER BY e.n)) x
        WHERE x.position < x.place OR COALESCE(x.before, 0) <> x.n - 1""",
    ),
    SetCheck(
        "position",
        "the follower {0} is at {1}, beyond the end of the order",
        """SELECT NULL::uuid, NULL::int, f.name, f.position FROM matters_follower f
        WHERE f.position > (SELECT COALESCE(max(position) + 1, 0) FROM matters_sealed) OR f.position < 0""",
    ),
    # registers
    SetCheck(
        "number",
        "the register “{0}” of {1} lacks number {2} of {3}",
        """SELECT NULL::uuid, NULL::int, r.kind, u.name, due, y.year FROM matters_registeryear y
        JOIN matters_register r ON r.id = y.register_id JOIN government_unit u ON u.id = r.unit_id
        CROSS JOIN generate_series(y.imported_to + 1, y.last) AS due WHERE NOT EXISTS (
          SELECT 1 FROM matters_number x WHERE x.register_id = y.register_id AND x.year = y.year AND x.n = due)""",
    ),
    SetCheck(
        "last",
        "number {0} of {1} in the register “{2}” of {3} is beyond the last one given",
        f"SELECT n.matter_id, NULL::int, n.n, n.year, r.kind, u.name {_GIVEN} WHERE n.n > y.last OR n.n < 1",
    ),
    SetCheck(
        "number",
        "number {0} of {1} belongs to no year of its register",
        """SELECT n.matter_id, NULL::int, n.n, n.year FROM matters_number n WHERE NOT EXISTS (
          SELECT 1 FROM matters_registeryear y WHERE y.register_id = n.register_id AND y.year = n.year)""",
    ),
    SetCheck(
        "number",
        "number {0} of {1} in the register “{2}” of {3} was given {4} times",
        f"""SELECT min(n.matter_id::text)::uuid, NULL::int, n.n, n.year, r.kind, u.name, count(*) {_GIVEN}
        GROUP BY n.register_id, n.n, n.year, r.kind, u.name HAVING count(*) > 1""",
    ),
    SetCheck(
        "cancel_reason",
        "number {0} is cancelled and does not say why, or says why and is not cancelled",
        "SELECT matter_id, NULL::int, text FROM matters_number WHERE (cancelled_at IS NULL) <> (cancel_reason = '')",
    ),
    # the government
    SetCheck(
        "lineage",
        "the unit {0} does not stand where its lineage says",
        f"""{_TRUE_LINEAGE} SELECT NULL::uuid, NULL::int, u.name FROM government_unit u
        LEFT JOIN up ON up.id = u.id AND up.parent_id IS NULL
        WHERE u.lineage IS DISTINCT FROM up.path""",  # noqa: S608 - constants of this file
    ),
    SetCheck(
        "parent_id",
        "there are {0} units that stand above all others",
        "SELECT NULL::uuid, NULL::int, count(*) FROM government_unit WHERE parent_id IS NULL HAVING count(*) > 1",
    ),
    SetCheck(
        "is_head",
        "the unit {0} has {1} heads",
        """SELECT NULL::uuid, NULL::int, u.name, count(*) FROM government_post p
        JOIN government_unit u ON u.id = p.unit_id WHERE p.is_head AND p.abolished_on IS NULL GROUP BY u.id, u.name
          HAVING count(*) > 1""",
    ),
    SetCheck(
        "superior_id",
        "the post {0} is its own superior, by way of others",
        """WITH RECURSIVE up AS (
          SELECT id, superior_id FROM government_post WHERE superior_id IS NOT NULL
          UNION SELECT up.id, p.superior_id FROM up JOIN government_post p ON p.id = up.superior_id
          WHERE p.superior_id IS NOT NULL)
        SELECT NULL::uuid, NULL::int, p.name FROM up JOIN government_post p ON p.id = up.id
        WHERE up.superior_id = up.id""",
    ),
    SetCheck(
        "appointment",
        "the post {0} is filled twice at a time: since {1} and since {2}",
        _overlap("government_appointment", "(a.kind = 'definitive') = (b.kind = 'definitive')"),
    ),
    SetCheck(
        "deputy",
        "the post {0} has two deputies at a time: since {1} and since {2}",
        _overlap("government_deputy", "true"),
    ),
)
