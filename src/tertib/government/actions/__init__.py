"""Every write of units, posts, people, appointments, deputies, roles and calendars.

Plain functions, one transaction each. Each checks what it is given, raises `Invalid` with a problem for each wrong
field, and notes in `AdminEntry` who changed what from what to what, without the numbers of people. `by` is the person
who does it; None stands for a command of the operator. Whether they may touch a row at all is for the caller to know;
that nobody hands out more clearance or roles than they have is checked here (`reach`).
"""

from tertib.government.actions.appointments import appoint, end_appointment, end_deputy, save_deputy
from tertib.government.actions.calendars import add_change, save_calendar, set_weekly, withdraw_change
from tertib.government.actions.people import note_password_link, retire, save_person, set_password
from tertib.government.actions.posts import abolish_post, grant_role, revoke_role, save_post
from tertib.government.actions.units import save_unit

__all__ = [
    "abolish_post",
    "add_change",
    "appoint",
    "end_appointment",
    "end_deputy",
    "grant_role",
    "note_password_link",
    "retire",
    "revoke_role",
    "save_calendar",
    "save_deputy",
    "save_person",
    "save_post",
    "save_unit",
    "set_password",
    "set_weekly",
    "withdraw_change",
]
