"""Nobody is told of what they may not see: every notice ever made, against the oracle of who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from doors.walk import FEW, Walk, every, expected, text_of
from tertib.ground.time import now
from tertib.matters.followers import run_once
from tertib.matters.models import Matter
from tertib.notices import following
from tertib.notices.models import Kind, Notice


def make_notices(walk: Walk) -> None:
    """What the follower makes of the record, and one more for this user of every matter there is, as if they had been
    told of it when they still might see it.
    """
    while run_once(following.handlers()):
        pass
    at = now() + timedelta(seconds=1)
    Notice.objects.bulk_create(
        Notice(
            person_id=walk.person, matter=matter, kind=Kind.OVERDUE, urgency=0, post_id=matter.opener_id,
            at=at, due_at=at,
        )
        for matter in Matter.objects.all()
    )  # fmt: skip


@every()
def test_a_notice_is_there_for_whom_the_oracle_names(walk: Walk) -> None:
    if walk.closed("/pemberitahuan") or walk.closed("/pemberitahuan/lonceng"):
        walk.done()
        return
    with transaction.atomic():
        make_notices(walk)
        page = text_of(walk.get("/pemberitahuan", 200))
        text = text_of(walk.get("/pemberitahuan/lonceng", 200))
        mine = Notice.objects.filter(person=walk.person)
        seen = [notice for notice in mine if notice.matter_id in walk.sights]
        if ("belum dibaca" in text) != bool(seen):
            walk.wrong.append(f"the bell says {text!r} of {len(seen)} notices")
        for notice in mine:
            sees = notice.matter_id in walk.sights
            if not sees and str(notice.pk) in page:
                walk.wrong.append(f"the page names a notice of {notice.matter_id}")
            walk.get(f"/pemberitahuan/{notice.pk}", 302 if sees else 404)
        for other in Notice.objects.exclude(person=walk.person)[:20]:
            walk.get(f"/pemberitahuan/{other.pk}", 404)
        transaction.set_rollback(True)
    walk.done()


@every(FEW)
def test_who_is_above_reminds_and_nobody_else(walk: Walk) -> None:
    for matter in walk.world.matters.values():
        path = f"/urusan/{matter}/ingatkan"
        if walk.closed(path):
            continue
        sees = matter in walk.sights
        walk.get(path, 200 if sees else 404)
        status = expected(walk, matter, "remind")
        walk.in_vain("post", path, {302, 422} if status == 200 else status, {"note": "Mohon segera."})
    walk.done()


@pytest.mark.parametrize("walk", ["kadis"], indirect=True)
def test_nobody_marks_the_notices_of_another(walk: Walk) -> None:
    with transaction.atomic():
        make_notices(walk)
        others = Notice.objects.exclude(person=walk.person)
        assert others.exists()
        for notice in others:
            walk.ask("post", "/pemberitahuan/dibaca", {"satu": str(notice.pk)})
        walk.ask("post", "/pemberitahuan/dibaca")
        assert not others.filter(read_at__isnull=False).exists()
        assert not Notice.objects.filter(person=walk.person, read_at__isnull=True).exists()
        transaction.set_rollback(True)
