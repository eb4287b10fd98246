from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tertib.ground.config import Config, read
from tertib.ground.errors import Invalid


def test_defaults() -> None:
    config = read({})
    assert (config.port, config.address, config.web_workers, config.database_url) == (8000, "127.0.0.1", 2, "")
    assert config.hosts == (".localhost", "localhost", "127.0.0.1", "[::1]")
    assert not (config.debug or config.demo or config.https)
    assert config.data == Path("var").absolute() and config.log_level == "INFO"


def test_everything_can_be_set(tmp_path: Path) -> None:
    config = read(
        {
            "TERTIB_DATA": str(tmp_path),
            "DATABASE_URL": " postgresql://u:p@h:1/n ",
            "PORT": "9000",
            "TERTIB_ADDRESS": "0.0.0.0",  # noqa: S104 - an operator may want it
            "TERTIB_HOSTS": "a.example, b.example,,",
            "TERTIB_DEBUG": "1",
            "TERTIB_DEMO": "yes",
            "TERTIB_HTTPS": "True",
            "TERTIB_WEB_WORKERS": "64",
            "TERTIB_LOG_LEVEL": "debug",
        }
    )
    assert config.data == tmp_path and config.database_url == "postgresql://u:p@h:1/n" and config.port == 9000
    assert config.hosts == ("a.example", "b.example") and config.web_workers == 64 and config.log_level == "DEBUG"
    assert config.debug and config.demo and config.https


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "²"),
        ("TERTIB_WEB_WORKERS", "0"),
        ("TERTIB_WEB_WORKERS", "65"),
        ("TERTIB_DEBUG", "maybe"),
        ("TERTIB_DEMO", "2"),
        ("TERTIB_HTTPS", "on!"),
        ("TERTIB_LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://h/n"),
        ("DATABASE_URL", "tertib"),
    ],
)
def test_each_mistake_names_its_variable_and_how_to_mend_it(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        read({name: value})
    (problem,) = refused.value.problems
    assert problem.where == name and problem.mend and str(problem.what)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        read({"PORT": "x", "TERTIB_DEBUG": "x", "TERTIB_LOG_LEVEL": "x", "DATABASE_URL": "x"})
    assert {problem.where for problem in refused.value.problems} == {
        "PORT",
        "TERTIB_DEBUG",
        "TERTIB_LOG_LEVEL",
        "DATABASE_URL",
    }


def test_a_database_address_is_not_repeated_in_the_message() -> None:
    with pytest.raises(Invalid) as refused:
        read({"DATABASE_URL": "mysql://root:hunter2@h/n"})
    assert "hunter2" not in str(refused.value)


def _config(folder: Path) -> Config:
    return read({"TERTIB_DATA": str(folder)})


def test_a_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    config = _config(tmp_path)
    secret = config.secret("people")
    assert len(secret) == 32 and config.secret("people") == secret != config.secret("django")
    path = tmp_path / "secrets" / "people"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {item.name for item in path.parent.iterdir()} == {"people", "django"}


def test_processes_and_threads_that_start_together_get_the_same_secret(tmp_path: Path) -> None:
    config = _config(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: config.secret("x"), range(32)))) == 1
    children = []
    for _ in range(4):
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.write(writing, config.secret("y"))
            os._exit(0)
        os.waitpid(pid, 0)
        children.append(os.read(reading, 64))
        os.close(reading)
        os.close(writing)
    assert len(set(children)) == 1


MAIL = {"TERTIB_SMTP_URL": "smtp://tertib:rahasia@mail.kota.example:587", "TERTIB_MAIL_FROM": "tertib@kota.example"}


def test_a_mail_server_is_named_and_its_password_never_shown() -> None:
    found = read(MAIL)
    assert found.smtp_url == MAIL["TERTIB_SMTP_URL"] and found.push_contact == "mailto:tertib@kota.example"
    assert "rahasia" not in repr(found)


@pytest.mark.parametrize(
    "change",
    [
        {"TERTIB_SMTP_URL": "http://tertib:rahasia@x"},
        {"TERTIB_SMTP_URL": "smtp://"},
        {"TERTIB_SMTP_URL": "smtp://tertib:rahasia@x:abc"},
        {"TERTIB_MAIL_FROM": ""},
        {"TERTIB_MAIL_FROM": "a@b\nBcc: c@d"},
        {"TERTIB_MAIL_FROM": "Kota <a@b>"},
        {"TERTIB_PUSH": "1", "TERTIB_PUSH_CONTACT": "saya"},
    ],
)
def test_wrong_settings_of_mail_and_push_are_named(change: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        read({**MAIL, **change})
    assert {str(problem.where) for problem in caught.value.problems} == {list(change)[-1]}
    assert "rahasia" not in str(caught.value)
