"""A matter and its papers are there for whom the oracle names, and for nobody else."""

from __future__ import annotations

import re
import uuid
from typing import Any

from doors.walk import EXAMPLES, FEW, GONE, Walk, every, own_mark, text_of
from tertib.papers.models import PaperVersion


@every()
def test_a_matter_is_there_for_whom_the_oracle_names(walk: Walk) -> None:
    for name, matter in walk.world.matters.items():
        sees = matter in walk.sights
        paths = [f"/surat/{matter}", f"/urusan/{matter}/catatan"]
        if name in EXAMPLES:
            paths += [f"/urusan/{matter}/{part}" for part in ("mengapa", "tenggat", "kabar?sejak=0&dari=0")]
        for path in paths:
            if walk.closed(path):
                continue
            answer = walk.get(path, 200 if sees else 404)
            if sees and path == f"/surat/{matter}" and own_mark(walk.world, matter) not in text_of(answer):
                walk.wrong.append(f"{name}: its own page does not name it")
        if not walk.closed(f"/urusan/{matter}"):
            walk.get(f"/urusan/{matter}", 302 if sees else 404)
    if walk.known:
        for matter in (walk.world.foreign["matter"], GONE):
            for path in (
                f"/urusan/{matter}",
                f"/urusan/{matter}/mengapa",
                f"/surat/{matter}",
                f"/surat/{matter}/konsep",
            ):
                walk.get(path, 404)
    walk.done()


@every(FEW)
def test_a_hidden_matter_answers_as_one_that_never_was(walk: Walk) -> None:
    """Not only the status: the whole answer is the same, but for the address."""
    if not walk.known:
        return
    for path in ("/surat/{}", "/surat/{}/remark", "/api/v1/matters/{}"):
        never = shape(walk.ask("get", path.format(GONE)), GONE)
        for matter in set(walk.world.matters.values()) - walk.sights:
            if shape(walk.ask("get", path.format(matter)), matter) != never:
                walk.wrong.append(f"{path.format(matter)}: tells that there is something")
    walk.done()


def shape(answer: Any, matter: uuid.UUID) -> tuple[int, str]:
    body = text_of(answer).replace(str(matter), "…")
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


@every()
def test_papers_are_there_for_whom_the_oracle_names(walk: Walk) -> None:
    versions = list(PaperVersion.objects.values_list("pk", "paper__matter"))
    assert len(versions) > 12
    for version, matter in [*versions, (walk.world.foreign["version"], GONE)]:
        download, picture = f"/surat/berkas/{version}/unduh", f"/surat/berkas/{version}/hal/1?w=480"
        if walk.closed(download) or walk.closed(picture):
            continue
        sees = matter in walk.sights
        walk.get(download, 200 if sees else 404)
        walk.get(picture, 200 if sees else 404)
    walk.done()
