from __future__ import annotations

from tertib.cli.worker import load_jobs


def test_the_worker_knows_the_nightly_jobs() -> None:
    from procrastinate.contrib.django import app

    load_jobs()
    nightly = {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {"papers.tidy", "matters.keep_ready"} <= nightly
