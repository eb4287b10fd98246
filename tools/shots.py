"""All pages of the program, and how one gets to each of them in the demo city.

`pictures.py` pictures them, and tests look at each of them in every look. A page that is missing here is a test that
fails (`tests/test_pages.py`).
"""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

# The password of everybody in a demo.
SAMPLE = "tertib-demo"
Go = Callable[[Page], object]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page: by which door one enters (none: before signing in), where one goes, and the address one ends at, as it
    is written in `urls.py`. Pictured in every look.
    """

    name: str
    door: str
    go: Go
    shows: str


def at(path: str) -> Go:
    """Go to an address."""
    return lambda page: page.goto(path)


def _press(page: Page, place: str) -> None:
    """Press the first of these, and wait for the page it leads to."""
    here = page.url
    page.locator(place).first.click()
    page.wait_for_url(lambda url: url != here)


def first(path: str, *buttons: str) -> Go:
    """Go to a list, open its first line, then press these buttons one after the other, by their key."""

    def go(page: Page) -> None:
        page.goto(path)
        _press(page, "[data-line]")
        for key in buttons:
            _press(page, f'[data-key="{key}"]:visible')

    return go


def linked(path: str, *places: str) -> Go:
    """Go to a page, then follow the first link of each of these places, a CSS selector, one after the other."""

    def go(page: Page) -> None:
        page.goto(path)
        for place in places:
            page.goto(page.locator(place).first.get_attribute("href") or path)

    return go


def beside(path: str, place: str, rest: str) -> Go:
    """Go to a page, then to the address of its first such link with this behind it."""

    def go(page: Page) -> None:
        page.goto(path)
        page.goto(f"{page.locator(place).first.get_attribute('href')}{rest}")

    return go


def below(path: str, rest: str) -> Go:
    """Go to a list, open its first line, and from there to the page whose address has this behind it."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("[data-line]").first.click()
        page.wait_for_url("**/surat/*-*")
        page.goto(page.url.partition("?")[0] + rest)

    return go


def chosen(count: int, button: str, does: str = "") -> Go:
    """Choose the first lines of the desk, with `does` those that allow it, then press what this CSS selector finds."""
    lines = f'main li[data-together~="{does}"]' if does else "main li"

    def go(page: Page) -> None:
        page.goto("/")
        for place in range(count):
            page.locator(f'{lines} input[name="urusan"]').nth(place).check(force=True)
        page.locator(button).first.click()
        page.wait_for_load_state()

    return go


def pressing(go: Go, button: str) -> Go:
    """Go there, then press what this CSS selector finds."""

    def then(page: Page) -> None:
        go(page)
        page.locator(button).first.click()
        page.wait_for_load_state()

    return then


def mistaken(path: str, *places: str) -> Go:
    """Go to a form as `linked` does, and send it as it is."""

    def go(page: Page) -> None:
        linked(path, *places)(page)
        page.locator("main .button.primary").last.click()

    return go


def sure(path: str) -> Go:
    """Go to a page that asks who one is first, and say so."""

    def go(page: Page) -> None:
        page.goto(path)
        if page.locator("input[type=password]").count():
            page.locator("main input[type=password]").fill(SAMPLE)
            page.locator("main button.primary").last.click()
            page.wait_for_load_state()

    return go


def pressed(go_first: Go, button: str) -> Go:
    """Go somewhere, and press what this CSS selector finds first."""

    def go(page: Page) -> None:
        go_first(page)
        page.locator(button).first.click()
        page.wait_for_load_state()

    return go


def key(page: Page) -> None:
    """Make a key for a program."""
    page.goto("/profil/kunci")
    page.locator("#id_name").fill("Papan informasi")
    page.locator("#id_password").fill(SAMPLE)
    page.locator("main .button.primary").click()
    page.locator("#key").wait_for()


def deputy(page: Page) -> None:
    """Name a deputy, unless there is one."""
    page.goto("/profil")
    if page.locator(END_DEPUTY).count():
        return
    linked("/profil", DEPUTY)(page)
    page.locator("main input[type=radio]").first.check()
    page.locator("main .button.primary").click()
    page.locator(END_DEPUTY).first.wait_for()


def password_link(page: Page) -> None:
    """Make a link by which somebody chooses a password, and look at the page with it."""
    linked("/atur/unit", UNIT, POST, PERSON)(page)
    page.locator('form[action$="/tautan"] button').click()
    page.locator('main [value*="/password/reset/key/"]').wait_for()


def password_new(page: Page) -> None:
    """Follow such a link."""
    password_link(page)
    page.goto(page.locator('main [value*="/password/reset/key/"]').input_value())
    page.wait_for_load_state()


def authenticator(page: Page) -> None:
    """Switch an authenticator app on, unless it is, and look at the codes for the day that it is lost."""
    sure("/accounts/2fa/totp/activate/")(page)
    if page.locator("#id_code").count():
        secret = page.locator("#authenticator_secret, [value]:disabled").first.input_value()
        page.locator("#id_code").fill(_code(secret))
        page.locator("main .button.primary").last.click()
        page.wait_for_load_state()
    sure("/accounts/2fa/recovery-codes/")(page)


def _code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


RECORD, WHY, WHEN = ('a[href$="/catatan"]', 'a[href$="/mengapa"]', 'a[href$="/tenggat"]')
ADMIN, UNIT = "diskominfo.admin", 'main a[href^="/atur/unit/"]:not([href$="/baru"])'
# The post whose holder the demo city lets be away.
AWAY = 'main a[href^="/atur/unit/"]:has-text("Asisten Pemerintahan")'
POST, PERSON = 'main a[href^="/atur/jabatan/"]', 'main a[href^="/atur/orang/"]:not([href$="/baru"])'
PROCEDURE = 'main a[href^="/atur/prosedur/"]'
CALENDAR, REGISTER = ('main a[href^="/atur/kalender/"]:not([href$="/baru"])', 'main td a[href^="/atur/register/"]')
DEPUTY = 'main a[href^="/profil/pengganti/"]:not([href$="/akhiri"])'
END_DEPUTY = 'main a[href^="/profil/pengganti/"][href$="/akhiri"]'
LETTER, ACT = "surat/<uuid:matter>", "surat/<uuid:matter>/<slug:action>"
MAYOR, SECRETARY, AGENDA, DRAFTER = "walikota", "sekda", "setda.agendaris", "bag-organisasi.staf"
ASSISTANT, DISTRICT, AUDITOR = "asda3", "kec-bekasi-timur.camat", "inspektorat.auditor"
NOWHERE = "no address"
RESET = "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
SHOTS = (
    Shot("sign-in", "", at("/accounts/login/"), "accounts/login/"),
    Shot("sign-in-failed", "", mistaken("/accounts/login/"), "accounts/login/"),
    Shot("sign-up", "", at("/accounts/signup/"), "accounts/signup/"),
    Shot("account-closed", "", at("/accounts/inactive/"), "accounts/inactive/"),
    Shot("password-link-spent", "", at("/accounts/password/reset/key/1-set-password/"), RESET),
    Shot("password-set", "", at("/accounts/password/reset/key/done/"), "accounts/password/reset/key/done/"),
    Shot("desk", MAYOR, at("/"), ""),
    Shot("desk-two-posts", SECRETARY, at("/"), ""),
    Shot("letter", MAYOR, first("/"), LETTER),
    Shot("dispose", MAYOR, first("/", "d"), ACT),
    Shot("dispositions", SECRETARY, first("/"), LETTER),
    Shot("remind", SECRETARY, beside("/papan", "[data-line]", "/ingatkan"), "urusan/<uuid:matter>/ingatkan"),
    Shot("record", SECRETARY, linked("/", "[data-line]", RECORD), "urusan/<uuid:matter>/catatan"),
    Shot("why-seen", SECRETARY, linked("/", "[data-line]", WHY), "urusan/<uuid:matter>/mengapa"),
    Shot("why-then", SECRETARY, linked("/", "[data-line]", WHEN), "urusan/<uuid:matter>/tenggat"),
    Shot("board", SECRETARY, at("/papan"), "papan"),
    Shot("board-of-mayor", MAYOR, at("/papan"), "papan"),
    Shot("agenda-in", AGENDA, at("/surat/masuk"), "surat/masuk"),
    Shot("agenda-out", AGENDA, at("/surat/keluar"), "surat/keluar"),
    Shot("agenda-book", AGENDA, at("/surat/buku"), "surat/buku"),
    Shot("search", AGENDA, at("/surat/cari?q=data"), "surat/cari"),
    Shot("search-nothing-asked", AGENDA, at("/surat/cari"), "surat/cari"),
    Shot("search-in-vain", AGENDA, at("/surat/cari?q=xilofon"), "surat/cari"),
    Shot("register", AGENDA, at("/surat/masuk/baru"), "surat/masuk/baru"),
    Shot("register-mistaken", AGENDA, mistaken("/surat/masuk/baru"), "surat/masuk/baru"),
    Shot("dispatched", AGENDA, first("/surat/keluar?state=closed"), LETTER),
    Shot("write", DRAFTER, at("/surat/keluar/baru"), "surat/keluar/baru"),
    Shot("draft", DRAFTER, first("/"), LETTER),
    Shot("draft-edit", DRAFTER, linked("/", "[data-line]", 'a[href$="/konsep"]'), "surat/<uuid:matter>/konsep"),
    Shot("text", DRAFTER, below("/", "/naskah"), "surat/<uuid:matter>/naskah"),
    # One of which a reviewer asked for more.
    Shot("compare", AGENDA, below("/surat/cari?q=studi+banding&buku=out", "/banding"), "surat/<uuid:matter>/banding"),
    Shot("review", ASSISTANT, first("/?jenis=letters.outgoing"), LETTER),
    Shot("desk-deputy", ASSISTANT, at("/"), ""),
    Shot("sign", DISTRICT, first("/?jenis=letters.outgoing", "d"), ACT),
    Shot("notices", ASSISTANT, at("/pemberitahuan"), "pemberitahuan"),
    Shot("notices-none-here", ASSISTANT, at("/pemberitahuan?jenis=hasil&baru=1"), "pemberitahuan"),
    Shot("notices-wishes", ASSISTANT, at("/profil/pemberitahuan"), "profil/pemberitahuan"),
    Shot("profile", MAYOR, at("/profil"), "profil"),
    Shot("deputy", MAYOR, linked("/profil", DEPUTY), "profil/pengganti/<uuid:post>"),
    Shot("deputy-mistaken", MAYOR, mistaken("/profil", DEPUTY), "profil/pengganti/<uuid:post>"),
    Shot("keys", MAYOR, at("/profil/kunci"), "profil/kunci"),
    Shot("password", MAYOR, at("/accounts/password/change/"), "accounts/password/change/"),
    Shot("second-factor", MAYOR, at("/accounts/2fa/"), "accounts/2fa/"),
    Shot("confirm", MAYOR, at("/accounts/reauthenticate/"), "accounts/reauthenticate/"),
    Shot("authenticator", MAYOR, sure("/accounts/2fa/totp/activate/"), "accounts/2fa/totp/activate/"),
    Shot("passkeys", MAYOR, sure("/accounts/2fa/webauthn/"), "accounts/2fa/webauthn/"),
    Shot("passkey-new", MAYOR, sure("/accounts/2fa/webauthn/add/"), "accounts/2fa/webauthn/add/"),
    Shot("devices", MAYOR, at("/accounts/sessions/"), "accounts/sessions/"),
    Shot("keyboard", MAYOR, at("/bantuan/papan-ketik"), "bantuan/papan-ketik"),
    Shot("not-there", MAYOR, at("/surat/tidak-ada"), NOWHERE),
    Shot("components", ADMIN, at("/_look"), "_look"),
    Shot("finished", MAYOR, at("/selesai"), "selesai"),
    Shot("desk-printed", MAYOR, chosen(2, 'button[data-letter="c"]'), "meja/cetak"),
    Shot("dispose-together", MAYOR, chosen(2, 'button[data-letter="d"]', "dispose"), "surat/bersama/disposisi"),
    Shot(
        "note-together",
        "dinkes.p2p.kabid",
        chosen(2, 'button[data-letter="s"]', "noted"),
        "surat/bersama/diketahui",
    ),
    Shot(
        "done-together",
        "dinkes.p2p.kabid",
        pressing(chosen(2, 'button[data-letter="s"]', "noted"), "main form .button.primary"),
        "surat/bersama/hasil",
    ),
    Shot("first-hour", ADMIN, at("/atur/mulai"), "atur/mulai"),
    Shot("procedures", ADMIN, at("/atur/prosedur"), "atur/prosedur"),
    Shot("procedure", ADMIN, linked("/atur/prosedur", PROCEDURE), "atur/prosedur/<uuid:procedure>"),
    Shot(
        "procedure-check",
        ADMIN,
        beside("/atur/prosedur", PROCEDURE, "/periksa"),
        "atur/prosedur/<uuid:procedure>/periksa",
    ),
    Shot("letterhead", ADMIN, beside("/atur/unit", UNIT, "/kop"), "atur/unit/<uuid:unit>/kop"),
    Shot(
        "decree-withdrawn",
        ADMIN,
        linked("/atur/kalender", CALENDAR, 'main a[href$="/tarik"]'),
        "atur/kalender/ketetapan/<uuid:change>/tarik",
    ),
    Shot("administration", ADMIN, at("/atur/"), "atur/"),
    Shot("units", ADMIN, at("/atur/unit"), "atur/unit"),
    Shot("unit", ADMIN, linked("/atur/unit", UNIT), "atur/unit/<uuid:unit>"),
    Shot("unit-new", ADMIN, mistaken("/atur/unit/baru"), "atur/unit/baru"),
    Shot("unit-edit", ADMIN, linked("/atur/unit", UNIT, 'main a[href$="/ubah"]'), "atur/unit/<uuid:unit>/ubah"),
    Shot(
        "post-new",
        ADMIN,
        linked("/atur/unit", UNIT, 'main a[href$="/jabatan-baru"]'),
        "atur/unit/<uuid:unit>/jabatan-baru",
    ),
    Shot("post", ADMIN, linked("/atur/unit", UNIT, POST), "atur/jabatan/<uuid:post>"),
    Shot(
        "post-edit", ADMIN, linked("/atur/unit", UNIT, POST, 'main a[href$="/ubah"]'), "atur/jabatan/<uuid:post>/ubah"
    ),
    Shot(
        "post-abolish",
        ADMIN,
        linked("/atur/unit", UNIT, POST, 'main a[href$="/hapus"]'),
        "atur/jabatan/<uuid:post>/hapus",
    ),
    Shot("role", ADMIN, linked("/atur/unit", UNIT, POST, 'main a[href$="/peran"]'), "atur/jabatan/<uuid:post>/peran"),
    Shot("fill-post", ADMIN, linked("/atur/unit", UNIT, POST, 'main a[href$="/isi"]'), "atur/jabatan/<uuid:post>/isi"),
    Shot(
        "end-appointment",
        ADMIN,
        linked("/atur/unit", UNIT, POST, 'main a[href$="/akhiri"]'),
        "atur/pengangkatan/<uuid:appointment>/akhiri",
    ),
    Shot("people", ADMIN, at("/atur/orang"), "atur/orang"),
    Shot("person-new", ADMIN, at("/atur/orang/baru"), "atur/orang/baru"),
    Shot("person", ADMIN, linked("/atur/unit", UNIT, POST, PERSON), "atur/orang/<uuid:person>"),
    Shot(
        "person-edit",
        ADMIN,
        linked("/atur/unit", UNIT, POST, PERSON, 'main a[href$="/ubah"]'),
        "atur/orang/<uuid:person>/ubah",
    ),
    Shot(
        "person-retire",
        ADMIN,
        linked("/atur/unit", UNIT, POST, PERSON, 'main a[href$="/pensiun"]'),
        "atur/orang/<uuid:person>/pensiun",
    ),
    Shot("registers", ADMIN, at("/atur/register"), "atur/register"),
    Shot("register-of-numbers-new", ADMIN, at("/atur/register/baru"), "atur/register/baru"),
    Shot("register-of-numbers", ADMIN, linked("/atur/register", REGISTER), "atur/register/<uuid:register>"),
    Shot("calendars", ADMIN, at("/atur/kalender"), "atur/kalender"),
    Shot("calendar-new", ADMIN, at("/atur/kalender/baru"), "atur/kalender/baru"),
    Shot("calendar", ADMIN, linked("/atur/kalender", CALENDAR), "atur/kalender/<uuid:calendar>"),
    Shot(
        "calendar-edit",
        ADMIN,
        linked("/atur/kalender", CALENDAR, 'main a[href$="/ubah"]'),
        "atur/kalender/<uuid:calendar>/ubah",
    ),
    Shot("decree", ADMIN, linked("/atur/kalender", CALENDAR, 'a[href$="/hari"]'), "atur/kalender/<uuid:calendar>/hari"),
    Shot(
        "week", ADMIN, linked("/atur/kalender", CALENDAR, 'a[href$="/minggu"]'), "atur/kalender/<uuid:calendar>/minggu"
    ),
    Shot("urgency-rules", ADMIN, at("/surat/aturan"), "surat/aturan"),
    Shot("import", ADMIN, at("/atur/impor"), "atur/impor"),
    Shot("record-of-changes", ADMIN, at("/atur/catatan"), "atur/catatan"),
    Shot("key-made", MAYOR, key, "profil/kunci"),
    Shot("key-revoke", MAYOR, linked("/profil/kunci", 'main a[href$="/cabut"]'), "profil/kunci/<uuid:key>/cabut"),
    Shot("deputy-named", MAYOR, deputy, "profil"),
    Shot("deputy-end", MAYOR, linked("/profil", END_DEPUTY), "profil/pengganti/<uuid:deputy>/akhiri"),
    Shot(
        "deputy-end-by-admin",
        ADMIN,
        linked("/atur/unit", AWAY, POST, 'main a[href^="/atur/pengganti/"]'),
        "atur/pengganti/<uuid:deputy>/akhiri",
    ),
    Shot("password-link", ADMIN, password_link, "atur/orang/<uuid:person>/tautan"),
    Shot("password-new", ADMIN, password_new, RESET),
    Shot("recovery-codes", "dinkes.kepala", authenticator, "accounts/2fa/recovery-codes/"),
    Shot(
        "recovery-codes-new",
        "dinkes.kepala",
        sure("/accounts/2fa/recovery-codes/generate/"),
        "accounts/2fa/recovery-codes/generate/",
    ),
    Shot("authenticator-off", "dinkes.kepala", sure("/accounts/2fa/totp/deactivate/"), "accounts/2fa/totp/deactivate/"),
    Shot("mail-stopped-wrongly", "", at("/pemberitahuan/berhenti/salah"), "pemberitahuan/berhenti/<str:token>"),
    Shot("audit", AUDITOR, at("/surat/masuk"), "surat/masuk"),
    Shot("audit-board", AUDITOR, at("/papan"), "papan"),
    Shot("audit-letter", AUDITOR, first("/surat/masuk"), LETTER),
)

# Addresses that show no page of their own, by what they are.
NO_PAGE = {
    "leads on": (
        "urusan/<uuid:matter>", "pemberitahuan/<uuid:notice>", "accounts/logout/", "bahasa", "tema", "demo/enter",
        "atur/prosedur/<uuid:procedure>/terbitkan",
        "accounts/2fa/reauthenticate/", "accounts/2fa/webauthn/reauthenticate/", "accounts/2fa/webauthn/login/",
    ),
    # They need a second step of signing in, or a passkey of this very browser.
    "cannot be shown from here": (
        "accounts/2fa/authenticate/", "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        "accounts/2fa/webauthn/keys/<int:pk>/edit/",
    ),
    "takes a form": (
        "pemberitahuan/dibaca", "profil/pemberitahuan/peramban", "profil/pemberitahuan/peramban/<uuid:browser>/hapus",
        "surat/cari/simpan", "surat/cari/<uuid:search>/hapus", "surat/pratinjau", "atur/peran/<uuid:grant>/cabut",
        "profil/tombol",
        "atur/impor/terapkan", "surat/masuk/unggah", "surat/keluar/baru/salinan", "surat/<uuid:matter>/salinan",
        "surat/<uuid:matter>/pena", "surat/salinan/<uuid:copy>/<slug:action>",
    ),
    "a part of a page": (
        "urusan/<uuid:matter>/kabar", "langsung/karcis", "pemberitahuan/lonceng", "surat/jabatan", "push.js",
        "surat/masuk/berkas", "surat/masuk/berkas/teks", "surat/masuk/pengirim", "surat/masuk/perihal",
        "surat/masuk/kembar", "selesai/jumlah", "surat/berkas/<uuid:version>/teks",
    ),
    "a file": (
        "surat/buku.xlsx", "surat/buku.pdf", "surat/agenda.xlsx", "surat/berkas/<uuid:version>/hal/<int:number>",
        "surat/berkas/<uuid:version>/unduh", "atur/impor/contoh/<str:kind>.<str:form>",
        "accounts/2fa/recovery-codes/download/", "atur/prosedur/<uuid:procedure>/berkas",
    ),
}  # fmt: skip
