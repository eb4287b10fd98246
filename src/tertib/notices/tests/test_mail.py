"""E-mail through a real mail server: what it says, what it must not say, and that none is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tertib.ground.time import travel
from tertib.matters.allowance import Allowance
from tertib.matters.engine import act
from tertib.matters.testing import City
from tertib.notices import actions, compose, digest, outbox, smtp
from tertib.notices.models import Notice, Sending, Wishes
from tertib.notices.tests import servers
from tertib.notices.tests.servers import Mailbox
from tertib.notices.tests.times import MORNING, NEXT_DAY, NIGHT, SATURDAY, address, follow, setting

FROM = "tertib@kota.example"
WAY = "arrived.0"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server that Tertib is set to use."""
    with servers.mail_server(Mailbox()) as found, setting(**plain(found.port)):
        yield found


def plain(port: int) -> dict[str, str]:
    return {"TERTIB_SMTP_URL": f"smtp+plain://127.0.0.1:{port}", "TERTIB_MAIL_FROM": FROM}


def wants_mail(city: City, *names: str) -> None:
    """Ordinary arrivals by e-mail at once, and no digest."""
    for name in names:
        address(city, name)
        Wishes.objects.create(person=city.people[name], ways={WAY: "mail", "overdue.0": "mail"}, digest=False)


def states() -> list[str]:
    return list(Sending.objects.order_by("id").values_list("state", flat=True))


def test_an_e_mail_has_all_it_needs_and_hangs_on_its_matter(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    done = city.open("health", "lab", title="Permohonan data\r\nBcc: semua@kota.example")
    follow()
    assert outbox.send_waiting() == 1 and states() == ["sent"]
    (mail,) = box.mails
    notice = Notice.objects.get()
    assert mail["From"] == f'"Tertib Kota Bekasi" <{FROM}>' or FROM in mail["From"]
    assert mail["To"] == "lab@kota.example" and mail["Bcc"] is None
    assert mail["Subject"] == "Masuk ke meja Anda · health: Permohonan data Bcc: semua@kota.example"
    assert mail["References"] == mail["In-Reply-To"] and str(done.matter) in mail["References"]
    assert str(Sending.objects.get().pk) in mail["Message-ID"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    assert compose.whose(link.rpartition("/")[2]) == (city.people["lab"].pk, "mail")
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert text.count("http://") == html.count("http://") == 1
    assert f"/pemberitahuan/{notice.pk}" in text and f"/pemberitahuan/{notice.pk}" in html
    assert not list(mail.iter_attachments())
    assert outbox.send_waiting() == 0 and len(box.mails) == 1


@pytest.mark.parametrize("security", [2, 3])
def test_a_secret_subject_never_leaves_the_house(city: City, box: Mailbox, security: int) -> None:
    wants_mail(city, "lab")
    city.open("health", "lab", title="Mutasi pejabat", security=security)
    follow()
    outbox.send_waiting()
    (mail,) = box.mails
    assert mail["Subject"] == "Ada urusan rahasia di meja Anda"
    assert "Mutasi" not in mail.as_string() and "health" not in mail.as_string()


def test_who_lost_the_right_to_see_gets_no_e_mail(city: City, box: Mailbox) -> None:
    wants_mail(city, "works", "deputy")
    done = city.open("mayor", "works", title="Semula biasa")
    follow()
    act(done.matter, "classify", city.reader("works"), {"security": 3})
    outbox.send_waiting()
    # The deputy is not cleared for it; the holder is told without its subject.
    assert [mail["To"] for mail in box.mails] == ["works@kota.example"]
    assert "Semula" not in box.mails[0].as_string()
    assert sorted(states()) == ["dropped", "sent"]


def test_what_was_read_meanwhile_is_not_sent(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    city.open("health", "lab")
    follow()
    actions.read_all(city.people["lab"].pk)
    outbox.send_waiting()
    assert states() == ["dropped"] and not box.mails


@pytest.mark.parametrize("change", ["inactive", "stopped", "way", "no address"])
def test_who_wants_none_any_more_gets_none(city: City, box: Mailbox, change: str) -> None:
    wants_mail(city, "lab")
    city.open("health", "lab")
    follow()
    person = city.people["lab"]
    if change == "inactive":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    elif change == "no address":
        type(person).objects.filter(pk=person.pk).update(email="")
    elif change == "stopped":
        actions.stop_mail(person.pk, "mail")
    else:
        Wishes.objects.update(ways={WAY: "page"})
    outbox.send_waiting()
    assert states() == ["dropped"] and not box.mails


def test_quiet_hours_are_those_of_the_unit(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    with travel(NIGHT):
        city.open("health", "lab")
        follow()
        outbox.send_waiting()
        assert states() == ["waiting"] and not box.mails
        row = Sending.objects.get()
        # Not before the next working hours begin, and that was no attempt.
        assert NIGHT < row.after < NEXT_DAY and row.attempts == 0
    with travel(NEXT_DAY):
        outbox.send_waiting()
    assert states() == ["sent"]


def test_very_urgent_comes_at_any_time_where_that_is_wanted(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab", "analyst")
    Wishes.objects.filter(person=city.people["lab"]).update(urgent_always=True)
    with travel(SATURDAY):
        city.open("health", "lab", urgency=2)
        city.open("health", "analyst", urgency=2)
        follow()
        outbox.send_waiting()
    assert [mail["To"] for mail in box.mails] == ["lab@kota.example"]


def test_nobody_gets_more_than_so_many_in_an_hour(city: City, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAILS_AN_HOUR", 3)
    wants_mail(city, "lab")
    for _each in range(5):
        # What is very urgent is not gathered.
        city.open("health", "lab", urgency=2)
        follow()
        outbox.send_waiting()
    assert len(box.mails) == 3 and states().count("waiting") == 2
    with travel(MORNING + timedelta(minutes=61)):
        outbox.send_waiting()
    assert len(box.mails) == 4 and set(states()) == {"sent"}


def test_many_of_one_kind_come_as_one_e_mail(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab", "analyst")
    city.open("health", "lab", title="Yang pertama")
    follow()
    outbox.send_waiting()
    # The first one comes at once; what follows in the next minutes waits for each other.
    for n in range(12):
        city.open("health", "lab", title=f"Surat {n}", security=2 if n == 7 else 0)
    city.open("health", "analyst", title="Milik yang lain")
    follow()
    outbox.send_waiting()
    assert [mail["To"] for mail in box.mails] == ["lab@kota.example", "analyst@kota.example"]
    with travel(MORNING + timedelta(minutes=4)):
        outbox.send_waiting()
        assert len(box.mails) == 2
    with travel(MORNING + timedelta(minutes=6)):
        assert outbox.send_waiting() == 12
        assert outbox.send_waiting() == 0
    mail = box.mails[-1]
    assert len(box.mails) == 3 and set(states()) == {"sent"}
    assert mail["Subject"] == "12 urusan baru di meja Anda" and mail["References"] is None
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert [n for n in range(12) if re.search(rf"Surat {n}\b", text)] == [n for n in range(12) if n != 7]
        assert text.count("/pemberitahuan/") == 12 and "Milik yang lain" not in text


def test_what_may_not_be_told_any_more_is_not_told_among_others(city: City, box: Mailbox) -> None:
    wants_mail(city, "deputy")
    hidden = city.open("mayor", "works", title="Kini rahasia")
    for title in ("Satu", "Dua"):
        city.open("mayor", "works", title=title)
    read = city.open("mayor", "works", title="Sudah dibaca")
    follow()
    act(hidden.matter, "classify", city.reader("works"), {"security": 3})
    actions.read_matter(city.people["deputy"].pk, read.matter)
    outbox.send_waiting()
    (mail,) = box.mails
    assert mail["Subject"] == "2 urusan baru di meja Anda"
    assert "Kini" not in mail.as_string() and "Sudah" not in mail.as_string()
    assert sorted(states()) == ["dropped", "dropped", "sent", "sent"]


def test_a_gathered_e_mail_that_is_refused_for_now_loses_none(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    for n in range(3):
        city.open("health", "lab", title=f"Surat {n}")
    follow()
    box.at_data = "451 later"
    outbox.send_waiting()
    assert states() == ["waiting"] * 3 and not box.mails
    box.at_data = ""
    with travel(MORNING + outbox.CLAIM + timedelta(minutes=1)):
        outbox.send_waiting()
    assert states() == ["sent"] * 3 and len(box.mails) == 1


def test_a_refused_address_is_turned_off_and_another_begins_anew(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    box.at_rcpt["lab@kota.example"] = "550 no such user here"
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert states() == ["failed"]
    row = Wishes.objects.get(person=city.people["lab"])
    assert row.refused_address == "lab@kota.example" and "no such user" in row.refused_why
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert sorted(states()) == ["dropped", "failed"] and not box.mails
    address(city, "lab", "baru@kota.example")
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert [mail["To"] for mail in box.mails] == ["baru@kota.example"]


@pytest.mark.parametrize(
    ("where", "answer"), [("at_rcpt", "450 later"), ("at_data", "451 later"), ("at_mail", "421 no")]
)
def test_what_is_refused_for_now_is_tried_again(city: City, box: Mailbox, where: str, answer: str) -> None:
    wants_mail(city, "lab", "analyst")
    setattr(box, where, {"lab@kota.example": answer} if where == "at_rcpt" else answer)
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert states() == ["waiting"] and Sending.objects.get().attempts == 1
    outbox.send_waiting()
    assert Sending.objects.get().attempts == 1, "not before its pause is over"
    setattr(box, where, {} if where == "at_rcpt" else "")
    with travel(MORNING + timedelta(minutes=2)):
        outbox.send_waiting()
    assert states() == ["sent"] and len(box.mails) == 1


def test_a_message_refused_for_good_is_given_up_and_others_go_on(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    box.at_data = "554 no"
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert states() == ["failed"] and Wishes.objects.get().refused_at is None


def test_after_so_many_attempts_it_is_given_up(city: City, box: Mailbox) -> None:
    wants_mail(city, "lab")
    box.at_data = "451 later"
    city.open("health", "lab")
    follow()
    for _each in range(outbox.MOST_ATTEMPTS):
        Sending.objects.update(after=MORNING)
        outbox.send_waiting()
    assert states() == ["failed"]


def test_a_server_that_hangs_holds_nothing_up(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PATIENCE_SECONDS", 0.3)
    wants_mail(city, "lab")
    with servers.silent_server() as port, setting(**plain(port)):
        for _each in range(3):
            city.open("health", "lab")
        follow()
        # One wait for all, then the round is over.
        assert outbox.send_waiting() == 1
    assert states() == ["waiting"] * 3


def test_no_server_no_e_mail_and_nothing_piles_up(city: City) -> None:
    wants_mail(city, "lab")
    city.open("health", "lab")
    follow()
    assert Notice.objects.count() == 1 and not Sending.objects.exists() and outbox.send_waiting() == 0


def test_a_server_with_starttls_and_a_password(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wants_mail(city, "lab")
    options = {
        "tls_context": servers.tls(tmp_path), "require_starttls": True, "auth_required": True,
        "authenticator": servers.only_with_password,
    }  # fmt: skip
    city.open("health", "lab")
    with servers.mail_server(Mailbox(), **options) as box:
        for password, trusted, sent in (
            ("rahasia%20sekali", False, 0),
            ("salah", True, 0),
            ("rahasia%20sekali", True, 1),
        ):
            if trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
            url = f"smtp://tertib:{password}@localhost:{box.port}"
            with setting(TERTIB_SMTP_URL=url, TERTIB_MAIL_FROM=FROM):
                follow()
                Sending.objects.update(after=MORNING)
                outbox.send_waiting()
            assert len(box.mails) == sent
            assert "salah" not in Sending.objects.get().why and "rahasia" not in Sending.objects.get().why
        assert box.encrypted == [True]


def test_a_server_with_tls_from_the_start(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wants_mail(city, "lab")
    city.open("health", "lab")
    context = servers.tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    port = servers.free_port()
    from aiosmtpd.controller import Controller

    box = Mailbox(port=port)
    controller = Controller(box, hostname="localhost", port=port, ssl_context=context)
    controller.start()
    try:
        with setting(TERTIB_SMTP_URL=f"smtps://localhost:{port}", TERTIB_MAIL_FROM=FROM):
            follow()
            outbox.send_waiting()
    finally:
        controller.stop()
    assert len(box.mails) == 1


def test_whoever_dies_after_handing_over_sends_the_same_message_again(
    city: City, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_values: object) -> None:
        raise Killed

    wants_mail(city, "lab")
    city.open("health", "lab")
    follow()
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "_close", die)
        with pytest.raises(Killed):
            outbox.send_waiting()
    # Nobody else takes it before it is certain that the first one is dead.
    assert outbox.send_waiting() == 0
    with travel(MORNING + outbox.CLAIM + timedelta(seconds=1)):
        outbox.send_waiting()
    assert states() == ["sent"] and len(box.mails) == 2
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]


def digest_of(city: City, name: str = "lab") -> None:
    address(city, name)
    Wishes.objects.create(person=city.people[name], ways={"arrived.0": "digest"})


def test_a_digest_has_what_is_late_due_and_new_each_linked(city: City, box: Mailbox) -> None:
    digest_of(city)
    city.open("health", "lab", title="Sudah lewat", allowance=Allowance("until", 0, MORNING + timedelta(hours=1)))
    city.open("health", "lab", title="Hari ini", allowance=Allowance("until", 0, NEXT_DAY + timedelta(hours=3)))
    city.open("health", "lab", title="Lain kali")
    city.open("health", "lab", title="Mutasi pejabat", security=2)
    follow()
    with travel(NEXT_DAY):
        assert digest.prepare() == 1 and digest.prepare() == 0
        outbox.send_waiting()
    (mail,) = box.mails
    assert mail["Subject"] == "Meja Anda pada Kamis, 2 Juli 2026"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.index("Lewat tenggat (1)") < text.index("Jatuh tempo hari ini (1)") < text.index("Baru sejak")
    assert "Mutasi" not in mail.as_string() and "urusan rahasia" in text
    assert text.count("http://") == 1 + 1 + 4
    assert compose.whose(mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]) == (city.people["lab"].pk, "digest")
    # The next day tells only what is new by then.
    with travel(NEXT_DAY + timedelta(days=1)):
        digest.prepare()
        outbox.send_waiting()
    text = box.mails[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Baru sejak" not in text and "Lewat tenggat (2)" in text


@pytest.mark.parametrize("case", ["nothing", "saturday", "early", "late", "off"])
def test_no_digest_where_there_is_none_to_be(city: City, box: Mailbox, case: str) -> None:
    digest_of(city)
    if case != "nothing":
        city.open("health", "lab")
        follow()
    if case == "off":
        actions.stop_mail(city.people["lab"].pk, "digest")
    at = {
        "saturday": SATURDAY.replace(hour=8),
        "early": NEXT_DAY.replace(hour=7, minute=0),
        "late": NEXT_DAY.replace(hour=15),
    }
    with travel(at.get(case, NEXT_DAY)):
        digest.prepare()
        outbox.send_waiting()
    assert not box.mails and "waiting" not in states()
