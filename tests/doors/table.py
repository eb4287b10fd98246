"""Every address that answers, and whose door it is.

A new address belongs in here, or `test_everything_else` fails and names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver

# Anybody, signed in or not.
OPEN = "open to all"
# Whoever is signed in; what it shows is the reader's own.
SIGNED = "signed in"
# Whoever may see the matter; for anybody else it does not exist.
MATTER = "sees the matter"
PAPER = "sees the matter of the paper"
# Whoever may see the matter and may do this with it.
ACTION = "may act"
# Whoever fills the post definitively.
OWN_POST = "fills the post"
OWN_KEY = "made the key"
# Whoever is signed in, with a form of theirs; there is nothing to look at.
FORM = "signed in, to send a form"
OWN_NOTICE = "was told, and may see it still"
OWN_SEARCH = "saved the search"
OVERSEES = "heads or audits a unit"
KEEPS = "registers, heads or audits a house"
TOKEN = "has a signed link"
REGISTRAR = "registers"
WRITES = "fills a post"
ADMIN = "administers anything"
ADMIN_ALL = "administers the whole government"
ADMIN_UNIT = "administers the unit"
ADMIN_PERSON = "administers every unit of the person"
# In a demo only.
DEMO = "demo"
API = "api, operation by operation"

DOORS: dict[str, str] = {
    "": SIGNED,
    "urusan/<uuid:matter>": MATTER,
    "urusan/<uuid:matter>/catatan": MATTER,
    "urusan/<uuid:matter>/mengapa": MATTER,
    "urusan/<uuid:matter>/tenggat": MATTER,
    "urusan/<uuid:matter>/kabar": MATTER,
    "langsung/karcis": SIGNED,
    "urusan/<uuid:matter>/ingatkan": MATTER,
    "meja/cetak": SIGNED,
    "selesai": SIGNED,
    "selesai/jumlah": SIGNED,
    "papan": OVERSEES,
    "pemberitahuan": SIGNED,
    "pemberitahuan/lonceng": SIGNED,
    "pemberitahuan/dibaca": FORM,
    "pemberitahuan/<uuid:notice>": OWN_NOTICE,
    # The link of an e-mail is signed; without its signature it is nobody's.
    "pemberitahuan/berhenti/<str:token>": TOKEN,
    "profil/pemberitahuan": SIGNED,
    "profil/pemberitahuan/peramban": FORM,
    "profil/pemberitahuan/peramban/<uuid:browser>/hapus": FORM,
    "push.js": OPEN,
    "profil": SIGNED,
    "profil/pengganti/<uuid:post>": OWN_POST,
    "profil/pengganti/<uuid:deputy>/akhiri": OWN_POST,
    "profil/tombol": FORM,
    "profil/kunci": SIGNED,
    "profil/kunci/<uuid:key>/cabut": OWN_KEY,
    "bahasa": OPEN,
    "tema": OPEN,
    "bantuan/papan-ketik": SIGNED,
    "demo/enter": DEMO,
    "_look": DEMO,
    # Accounts
    "accounts/login/": OPEN,
    "accounts/logout/": OPEN,
    "accounts/inactive/": OPEN,
    "accounts/signup/": OPEN,
    "accounts/reauthenticate/": SIGNED,
    "accounts/password/change/": SIGNED,
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": OPEN,
    "accounts/password/reset/key/done/": OPEN,
    "accounts/2fa/": SIGNED,
    "accounts/2fa/authenticate/": OPEN,
    "accounts/2fa/reauthenticate/": SIGNED,
    "accounts/2fa/totp/activate/": SIGNED,
    "accounts/2fa/totp/deactivate/": SIGNED,
    "accounts/2fa/recovery-codes/": SIGNED,
    "accounts/2fa/recovery-codes/generate/": SIGNED,
    "accounts/2fa/recovery-codes/download/": SIGNED,
    "accounts/2fa/webauthn/": SIGNED,
    "accounts/2fa/webauthn/add/": SIGNED,
    "accounts/2fa/webauthn/reauthenticate/": SIGNED,
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": SIGNED,
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": SIGNED,
    "accounts/2fa/webauthn/login/": OPEN,
    "accounts/sessions/": SIGNED,
    # Letters
    "surat/masuk": SIGNED,
    "surat/cari": SIGNED,
    "surat/cari/simpan": FORM,
    "surat/cari/<uuid:search>/hapus": OWN_SEARCH,
    "surat/buku": KEEPS,
    "surat/buku.xlsx": KEEPS,
    "surat/buku.pdf": KEEPS,
    "surat/masuk/baru": REGISTRAR,
    "surat/masuk/unggah": REGISTRAR,
    "surat/masuk/berkas": SIGNED,
    "surat/masuk/berkas/teks": SIGNED,
    "surat/masuk/pengirim": REGISTRAR,
    "surat/masuk/perihal": REGISTRAR,
    "surat/masuk/kembar": REGISTRAR,
    "surat/keluar": SIGNED,
    "surat/keluar/baru": WRITES,
    "surat/keluar/baru/salinan": WRITES,
    "surat/salinan/<uuid:copy>/<slug:action>": ACTION,
    "surat/pratinjau": SIGNED,
    "surat/agenda.xlsx": SIGNED,
    "surat/jabatan": SIGNED,
    "surat/aturan": ADMIN_ALL,
    "surat/berkas/<uuid:version>/hal/<int:number>": PAPER,
    "surat/berkas/<uuid:version>/teks": PAPER,
    "surat/berkas/<uuid:version>/unduh": PAPER,
    "surat/bersama/disposisi": SIGNED,
    "surat/bersama/diketahui": SIGNED,
    "surat/bersama/hasil": SIGNED,
    "surat/<uuid:matter>": MATTER,
    "surat/<uuid:matter>/konsep": ACTION,
    "surat/<uuid:matter>/salinan": ACTION,
    "surat/<uuid:matter>/pena": ACTION,
    "surat/<uuid:matter>/naskah": MATTER,
    "surat/<uuid:matter>/banding": MATTER,
    "surat/<uuid:matter>/<slug:action>": ACTION,
    # Administration
    "atur/": ADMIN,
    "atur/mulai": ADMIN_ALL,
    "atur/unit": ADMIN,
    "atur/unit/baru": ADMIN,
    "atur/unit/<uuid:unit>": ADMIN_UNIT,
    "atur/unit/<uuid:unit>/ubah": ADMIN_UNIT,
    "atur/unit/<uuid:unit>/kop": ADMIN_UNIT,
    "atur/unit/<uuid:unit>/jabatan-baru": ADMIN_UNIT,
    "atur/jabatan/<uuid:post>": ADMIN_UNIT,
    "atur/jabatan/<uuid:post>/ubah": ADMIN_UNIT,
    "atur/jabatan/<uuid:post>/hapus": ADMIN_UNIT,
    "atur/jabatan/<uuid:post>/peran": ADMIN_UNIT,
    "atur/jabatan/<uuid:post>/isi": ADMIN_UNIT,
    "atur/peran/<uuid:grant>/cabut": ADMIN_UNIT,
    "atur/pengangkatan/<uuid:appointment>/akhiri": ADMIN_UNIT,
    "atur/pengganti/<uuid:deputy>/akhiri": ADMIN_UNIT,
    "atur/orang": ADMIN,
    "atur/orang/baru": ADMIN,
    "atur/orang/<uuid:person>": ADMIN,
    "atur/orang/<uuid:person>/ubah": ADMIN_PERSON,
    "atur/orang/<uuid:person>/tautan": ADMIN_PERSON,
    "atur/orang/<uuid:person>/pensiun": ADMIN_PERSON,
    "atur/kalender": ADMIN_ALL,
    "atur/kalender/baru": ADMIN_ALL,
    "atur/kalender/<uuid:calendar>": ADMIN_ALL,
    "atur/kalender/<uuid:calendar>/ubah": ADMIN_ALL,
    "atur/kalender/<uuid:calendar>/minggu": ADMIN_ALL,
    "atur/kalender/<uuid:calendar>/hari": ADMIN_ALL,
    "atur/kalender/ketetapan/<uuid:change>/tarik": ADMIN_ALL,
    "atur/register": ADMIN,
    "atur/register/baru": ADMIN,
    "atur/register/<uuid:register>": ADMIN_UNIT,
    "atur/prosedur": ADMIN_ALL,
    "atur/prosedur/<uuid:procedure>": ADMIN_ALL,
    "atur/prosedur/<uuid:procedure>/berkas": ADMIN_ALL,
    "atur/prosedur/<uuid:procedure>/periksa": ADMIN_ALL,
    "atur/prosedur/<uuid:procedure>/terbitkan": ADMIN_ALL,
    "atur/impor": ADMIN_ALL,
    "atur/impor/terapkan": ADMIN_ALL,
    "atur/impor/contoh/<str:kind>.<str:form>": ADMIN_ALL,
    "atur/catatan": ADMIN_ALL,
    # The REST interface: its description is for all, its operations are below.
    "api/v1/": OPEN,
    "api/v1/openapi.json": OPEN,
    "api/v1/desk": API,
    "api/v1/matters/<matter>": API,
    "api/v1/matters/<matter>/record": API,
    "api/v1/matters/<matter>/actions/<action>": API,
    "api/v1/letters": API,
}
PUBLIC_DOORS: dict[str, str] = {"": OPEN, "mulai": OPEN, "bahasa": OPEN, "tema": OPEN}
OPERATIONS: dict[str, str] = {
    "GET /api/v1/desk": SIGNED,
    "GET /api/v1/matters/{matter}": MATTER,
    "GET /api/v1/matters/{matter}/record": MATTER,
    "POST /api/v1/matters/{matter}/actions/{action}": ACTION,
    "GET /api/v1/letters": SIGNED,
    "POST /api/v1/letters": REGISTRAR,
}


def routes(entries: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of a list of patterns, however deep, with its view."""
    for entry in entries:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, here)
        else:
            assert isinstance(entry, URLPattern)
            yield here, entry.callback


def operations() -> Iterator[str]:
    """Every operation that the interface describes."""
    from tertib.api.main import api

    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            yield f"{method.upper()} {path}"
