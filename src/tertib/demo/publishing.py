"""What the administrator of the demo city changed in a procedure meanwhile: letters under way keep their version."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time

from tertib.demo.stage import Stage
from tertib.demo.story import When
from tertib.matters import versions
from tertib.matters.models import Procedure


@dataclass(frozen=True, slots=True)
class Publication:
    """Another allowance for one state of a procedure, with its reason."""

    key: str
    state: str
    allowance: str
    by: str
    at: When
    reason: str


# Before anybody works that morning, so that a day's letters follow one version.
PUBLICATIONS = {
    "bekasi": (
        Publication(
            "letters.outgoing",
            "draft",
            "4 working days",
            "diskominfo.admin",
            When(-4, time(7, 5)),
            "Konsep surat selesai paling lama empat hari kerja, hasil evaluasi surat-menyurat (contoh)",
        ),
    ),
}


def due(stage: Stage, before: datetime, done: int) -> int:
    """Publish what the story publishes up to a moment, the first `done` of it apart. Answers how many are done then."""
    planned = PUBLICATIONS.get(stage.government.schema_name, ())
    while done < len(planned) and stage.days.moment(planned[done].at) <= before:
        _publish(stage, planned[done])
        done += 1
    return done


def _publish(stage: Stage, planned: Publication) -> None:
    with stage.at(stage.days.moment(planned.at)):
        base = Procedure.objects.filter(key=planned.key).order_by("-version")[0]
        other = json.loads(base.definition)
        other["states"][planned.state]["allowance"] = planned.allowance
        checked = versions.check(planned.key, versions.as_yaml(json.dumps(other, ensure_ascii=False)), planned.key)
        versions.publish(checked, base.id, by=stage.reader(planned.by).person, reason=planned.reason)
