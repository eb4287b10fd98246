"""Processor time of processes, as the system accounts for it."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def process_seconds(pid: int) -> float:
    """Seconds of processor time of a process and its threads; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    # user, system, and those of children it has waited for
    return sum(int(fields[n]) for n in (11, 12, 13, 14)) / _TICKS


def backend_seconds() -> float:
    """Seconds of processor time of the database server: the parent and all its children, living and gone."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        mine = int(cursor.fetchone()[0])
    parent = _parent(mine)
    everybody = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    children = [pid for pid in everybody if _parent(pid) == parent]
    return process_seconds(parent) + sum(process_seconds(child) for child in children)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
