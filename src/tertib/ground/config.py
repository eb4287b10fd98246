"""Settings from the environment, read once and checked before anything starts."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from tertib.ground.errors import Invalid, Problem

DEFAULT_PORT = 8000


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator can set. `database_url` is empty until the embedded server has started."""

    data: Path
    database_url: str
    port: int
    address: str
    hosts: tuple[str, ...]
    debug: bool
    demo: bool
    https: bool
    web_workers: int
    # Where open pages hear what moves: a port of its own (0: the one after `port`), and the address by which browsers
    # reach it where that is another one (a path that a proxy passes on, or a whole URL).
    live_port: int
    live_url: str
    live_streams: int
    log_level: str
    # Empty: no e-mail is sent. It holds a password, so it is never shown.
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    # Pushed notices: off unless switched on, as nothing else leaves this server for an address chosen by a browser.
    push: bool = False
    push_contact: str = ""
    # Push services on the own network (`host:port`), where an address of it would otherwise be refused.
    push_private: tuple[str, ...] = ()

    def secret(self, name: str) -> bytes:
        """A random 32-byte secret kept in the data folder, made at first use and readable by the owner only."""
        folder = self.data / "secrets"
        path = folder / name
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            temporary = folder / f".{name}.{secrets.token_hex(8)}"
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                # link() refuses to replace: of two starting processes, one secret wins and both use it.
                os.link(temporary, path)
            except FileExistsError:
                pass
            finally:
                temporary.unlink()
        return path.read_bytes()


def read(env: Mapping[str, str]) -> Config:
    """Check the environment. Raises `Invalid` with every problem found, each naming its variable."""
    problems: list[Problem] = []

    def whole(name: str, default: int, low: int, high: int) -> int:
        text = env.get(name, "").strip()
        if not text:
            return default
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            mend = f"Give a whole number from {low} to {high}."
            problems.append(Problem(f"“{text}” is not usable.", where=name, mend=mend))
            return default
        return int(text)

    def flag(name: str) -> bool:
        text = env.get(name, "").strip().lower()
        if text not in ("", "0", "1", "true", "false", "yes", "no"):
            problems.append(Problem(f"“{text}” is neither yes nor no.", where=name, mend="Give 1 or 0."))
        return text in ("1", "true", "yes")

    url = env.get("DATABASE_URL", "").strip()
    if url and urlsplit(url).scheme not in ("postgres", "postgresql"):
        problems.append(
            Problem(
                "Only PostgreSQL is spoken here.",
                where="DATABASE_URL",
                mend="Give postgresql://user:password@host:port/name, or leave it empty for the embedded server.",
            )
        )
    level = env.get("TERTIB_LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        mend = "Give DEBUG, INFO, WARNING or ERROR."
        problems.append(Problem(f"“{level}” is no level.", where="TERTIB_LOG_LEVEL", mend=mend))
        level = "INFO"
    live = env.get("TERTIB_LIVE_URL", "").strip()
    if live and not re.fullmatch(r"(https?://[A-Za-z0-9.:\[\]-]+)?/[A-Za-z0-9._~/-]*", live):
        mend = "Give a path like /langsung/arus, or a whole URL."
        problems.append(Problem(f"“{live}” is no address.", where="TERTIB_LIVE_URL", mend=mend))
        live = ""
    smtp_url, mail_from = env.get("TERTIB_SMTP_URL", "").strip(), env.get("TERTIB_MAIL_FROM", "").strip()
    problems.extend(_mail_problems(smtp_url, mail_from))
    contact = env.get("TERTIB_PUSH_CONTACT", "").strip() or (f"mailto:{mail_from}" if mail_from else "")
    push = flag("TERTIB_PUSH")
    if push and not contact.startswith(("mailto:", "https://")):
        mend = "Give mailto:… or https://…: whom a push service asks when something is wrong."
        problems.append(Problem("Push needs somebody to contact.", where="TERTIB_PUSH_CONTACT", mend=mend))
    hosts = env.get("TERTIB_HOSTS", ".localhost,localhost,127.0.0.1,[::1]")
    config = Config(
        data=Path(env.get("TERTIB_DATA") or "var").absolute(),
        database_url=url,
        port=whole("PORT", DEFAULT_PORT, 1, 65535),
        address=env.get("TERTIB_ADDRESS", "127.0.0.1"),
        hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        debug=flag("TERTIB_DEBUG"),
        demo=flag("TERTIB_DEMO"),
        https=flag("TERTIB_HTTPS"),
        web_workers=whole("TERTIB_WEB_WORKERS", 2, 1, 64),
        live_port=whole("TERTIB_LIVE_PORT", 0, 1, 65535),
        live_url=live,
        live_streams=whole("TERTIB_LIVE_STREAMS", 5000, 1, 100_000),
        log_level=level,
        smtp_url=smtp_url,
        mail_from=mail_from,
        push=push,
        push_contact=contact,
        push_private=tuple(p.strip() for p in env.get("TERTIB_PUSH_PRIVATE", "").split(",") if p.strip()),
    )
    if problems:
        raise Invalid(*problems)
    return config


SMTP_SCHEMES = ("smtp", "smtps", "smtp+plain")


def _mail_problems(url: str, sender: str) -> list[Problem]:
    """What is wrong with the settings of e-mail. Never says what stands in the URL: it holds a password."""
    if not url:
        return []
    found = []
    try:
        parts = urlsplit(url)
        usable = parts.scheme in SMTP_SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        mend = "Give smtp://user:password@host:587 (STARTTLS), smtps://…:465 (TLS) or smtp+plain://localhost:25."
        found.append(Problem("This is not the address of a mail server.", where="TERTIB_SMTP_URL", mend=mend))
    if "@" not in sender.strip("@") or any(sign in sender for sign in "<>\r\n ,"):
        mend = "Give one plain address, like tertib@kota.example."
        found.append(Problem("E-mail needs an address to come from.", where="TERTIB_MAIL_FROM", mend=mend))
    return found


@lru_cache(maxsize=1)
def config() -> Config:
    """The settings of this process."""
    return read(os.environ)
