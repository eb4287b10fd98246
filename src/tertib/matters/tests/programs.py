"""What the processes do that tests start and kill. Each writes a line only once what it says is committed."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from typing import Any

from django.db import connection, transaction

from tertib.government.authority import reader
from tertib.ground.errors import TertibError
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government
from tertib.matters import followers
from tertib.matters.context import Opening
from tertib.matters.engine import act, open_matter
from tertib.matters.models import Matter
from tertib.matters.testing import WORK


def say(*words: object) -> None:
    """One line at once, in one write, so that lines of threads never mix."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def acts(person: str, post: str, *matters: str) -> None:
    """Act on the matters for ever: forward to oneself, split among oneself, decide, and open another one instead."""
    known, mine = reader(uuid.UUID(person)), [uuid.UUID(text) for text in matters]
    unit = Matter.objects.values_list("unit_id", flat=True)[0]
    forms: dict[str, dict[str, Any]] = {
        "forward": {"post": post},
        "remark": {"text": "x"},
        "split": {"posts": [post, post, post]},
        "close": {},
    }
    while True:
        place, action = random.randrange(len(mine)), random.choice(list(forms))
        try:
            done = act(mine[place], action, known, forms[action])
        except TertibError:
            continue
        say(done.matter, done.version, action, *done.children)
        if action == "close":
            mine[place] = open_matter(Opening(WORK, "x", uuid.UUID(post), unit), known).matter
            say(mine[place], 1, "open")


def signs(person: str, threads: str, kinds: str, *matters: str) -> None:
    """So many signers take numbers for ever, each for its own matter; some of what they do is rolled back."""
    known = reader(uuid.UUID(person))

    def sign(number: int) -> None:
        activate(Government.objects.get(schema_name="bekasi"))
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
    unit, known = Matter.objects.values_list("unit_id", flat=True)[0], reader(uuid.UUID(person))
    while True:
        say(open_matter(Opening(WORK, "x", uuid.UUID(post), unit), known).matter)
