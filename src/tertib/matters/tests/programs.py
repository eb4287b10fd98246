"""Programs that tests start and kill. Each works in the government of Kota Bekasi of the database in DATABASE_URL, and prints a line
only once what it says is committed.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import uuid

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - only now

from tertib.government.authority import reader  # noqa: E402
from tertib.ground.errors import TertibError  # noqa: E402
from tertib.ground.tenancy.middleware import activate  # noqa: E402
from tertib.ground.tenancy.models import Government  # noqa: E402
from tertib.matters import followers  # noqa: E402
from tertib.matters.engine import act  # noqa: E402
from tertib.matters.models import Matter  # noqa: E402
from tertib.matters.testing import use_room  # noqa: E402


def say(*words: object) -> None:
    """One line at once, in one write, so that lines of threads never mix."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def acts(person: str, post: str, *matters: str) -> None:
    """Act on the matters for ever: forward to oneself, split among oneself, and close what was split."""
    known = reader(uuid.UUID(person))
    while True:
        matter = uuid.UUID(random.choice(matters))
        action, data = random.choice(
            [("forward", {"post": post}), ("remark", {"text": "x"}), ("split", {"posts": [post, post, post]}), ("close", {})]
        )
        try:
            done = act(matter, action, known, data)
        except TertibError:
            continue
        say(done.matter, done.version, action, *done.children)


def signs(person: str, threads: str, kinds: str, *matters: str) -> None:
    """So many signers take numbers for ever, each for its own matter; some of what they do is rolled back."""
    known = reader(uuid.UUID(person))

    def sign(number: int) -> None:
        enter()
        chance = random.Random(number * 1000 + os.getpid())
        while True:
            matter = uuid.UUID(matters[number % len(matters)])
            kind = chance.choice(kinds.split(","))
            try:
                with transaction.atomic():
                    done = act(matter, "number", known, {"kind": kind})
                    if chance.random() < 0.25:
                        raise RollBack
            except RollBack:
                continue
            say(kind, done.result["number"])

    for number in range(int(threads)):
        threading.Thread(target=sign, args=(number,), daemon=True).start()
    time.sleep(600)


class RollBack(Exception):
    """Somebody changes their mind at the last moment."""


def follows(name: str, batch: str) -> None:
    """Follow the record for ever, and write down each position in the same transaction."""

    def handle(item: followers.Item) -> None:
        time.sleep(0.002)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO followed (name, position, matter, n) VALUES (%s, %s, %s, %s)",
                           (name, item.position, item.matter, item.n))  # fmt: skip

    while True:
        followers.sequence()
        if followers.follow(name, handle, int(batch)):
            say(name)
        else:
            time.sleep(0.01)


def opens(person: str, post: str) -> None:
    """Open matters for ever."""
    from tertib.matters.context import Opening
    from tertib.matters.engine import open_matter
    from tertib.matters.testing import WORK

    unit = Matter.objects.values_list("unit_id", flat=True)[0]
    while True:
        say(open_matter(Opening(WORK, "x", uuid.UUID(post), unit), reader(uuid.UUID(person))).matter)


def enter() -> None:
    """Point this thread's connection at the government."""
    activate(Government.objects.get(schema_name="bekasi"))


if __name__ == "__main__":
    use_room()
    enter()
    {"acts": acts, "signs": signs, "follows": follows, "opens": opens}[sys.argv[1]](*sys.argv[2:])
