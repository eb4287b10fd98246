"""Bringing a data folder of an older PostgreSQL to the version we run."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import time
from pathlib import Path

from tertib.ground import postgres_process as pg
from tertib.ground.errors import Problem, Unavailable

SUPERUSER = "postgres"
ROLE = "tertib"


def version_of(data: Path) -> int:
    """The major version that wrote this data folder; 0 if there is none yet."""
    path = data / "PG_VERSION"
    if not path.exists():
        return 0
    text = path.read_text().strip()
    if not text.isdigit():
        raise Unavailable(
            Problem(
                f"PG_VERSION says “{text[:20]}”, which is no version.",
                where=str(data),
                mend="Restore the last backup.",
            )
        )
    return int(text)


def settle(folder: Path) -> None:
    """Finish what an interrupted upgrade left: after `data.upgraded` exists, the new data are complete."""
    data, upgraded, begun = folder / "data", folder / "data.upgraded", folder / "data.new"
    if upgraded.exists():
        old = version_of(data)
        if old:
            data.rename(folder / f"data.{old}")
        upgraded.rename(data)
    if begun.exists():
        shutil.rmtree(begun)


def upgrade(folder: Path, sockets: Path, account: pg.Account | None) -> Path | None:
    """Upgrade `folder/data` with pg_upgrade where its version is older than ours.

    Returns the folder where the old data are kept as a backup, for the operator to delete; None if nothing
    was to do. Raises `Unavailable` where the data are newer than we are, or older than any version we carry.
    """
    data = folder / "data"
    old, new = version_of(data), pg.newest()
    if old in (0, new):
        return None
    if old not in pg.binaries():
        known = ", ".join(str(version) for version in sorted(pg.binaries()))
        mend = (
            "Install the newest Tertib."
            if old > new
            else f"Dump them with PostgreSQL {old} (pg_dumpall), move them away, start, restore the dump."
        )
        raise Unavailable(
            Problem(f"The data were written by PostgreSQL {old}; here are {known}.", where=str(data), mend=mend)
        )
    old_bin, new_bin = pg.binaries()[old], pg.binaries()[new]
    fresh = folder / "data.new"
    control = pg.run(old_bin / "pg_controldata", "-D", str(data), account=account, folder=folder)
    checksums = re.search(r"Data page checksum version:\s*([1-9])", control) is not None
    initialise(fresh, account, checksums=checksums)
    if not re.search(r"cluster state:\s+shut down\n", control):
        _recover(old_bin, data, account)
    pg.run(
        new_bin / "pg_upgrade",
        f"--old-bindir={old_bin}",
        f"--new-bindir={new_bin}",
        f"--old-datadir={data}",
        f"--new-datadir={fresh}",
        f"--username={SUPERUSER}",
        f"--socketdir={sockets}",
        account=account,
        folder=folder,
    )
    (folder / "delete_old_cluster.sh").unlink(missing_ok=True)
    fresh.rename(folder / "data.upgraded")
    settle(folder)
    return folder / f"data.{old}"


def initialise(data: Path, account: pg.Account | None, *, checksums: bool = True, sync: bool = True) -> None:
    """Make an empty data folder. Only its owner, through the socket, may connect."""
    pg.run(
        pg.binaries()[pg.newest()] / "initdb",
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--locale=C",
        # Sorts and folds case alike on every machine, without the system's locales.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--auth-local=peer",
        "--auth-host=scram-sha-256",
        "--data-checksums" if checksums else "--no-data-checksums",
        "--sync-method=fsync" if sync else "--no-sync",
        account=account,
        folder=data.parent,
    )
    grant_access(data, account)


def grant_access(data: Path, account: pg.Account | None) -> None:
    """Let in, through the socket only: root, and the account the server runs as."""
    names = {"root", account.name if account else pwd.getpwuid(os.geteuid()).pw_name}
    people = "".join(f'local "{name}" {role}\n' for name in sorted(names) for role in (SUPERUSER, ROLE))
    for path, text in (
        (data / "pg_hba.conf", "local all all peer map=local\n"),
        (data / "pg_ident.conf", people),
    ):
        path.write_text(text)
        path.chmod(0o600)
        if account is not None:
            os.chown(path, account.uid, account.gid)


def _recover(old_bin: Path, data: Path, account: pg.Account | None) -> None:
    """pg_upgrade takes only data that were shut down cleanly: let the old server recover and stop."""
    until = time.monotonic() + 15
    while True:
        try:
            pg.run(
                old_bin / "postgres",
                "--single",
                "-D",
                str(data),
                "template1",
                account=account,
                folder=data.parent,
            )
        except Unavailable as error:
            if not pg.is_passing(str(error)) or time.monotonic() > until:
                raise
            time.sleep(0.3)
        else:
            return
