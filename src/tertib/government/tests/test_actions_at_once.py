"""Two who change the same thing at the same moment, on real connections."""

from __future__ import annotations

import threading

from django.db import connection

from tertib.government import actions
from tertib.government.models import Person
from tertib.government.tests.samples import START, person, post
from tertib.ground.errors import Invalid
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government


def test_of_three_who_appoint_at_once_two_are_told(transactional_government: Government) -> None:
    seat = post("a")
    people = [person("Ani"), person("Budi"), person("Citra")]
    answers: list[str] = []

    def appoint(who: Person) -> None:
        try:
            activate(transactional_government)
            actions.appoint(by=None, post=seat.id, person=who.id, kind="definitive", starts_on=START)
            answers.append("done")
        except Invalid as error:
            answers.append(str(error.problems[0].where))
        finally:
            connection.close()

    threads = [threading.Thread(target=appoint, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "starts_on", "starts_on"]
    assert seat.appointments.count() == 1
