"""The pages that belong to no room."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from tertib.web.views import board, demo, desk, finished, keys, live, look, matter, notices, prefs, profile, wishes

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("selesai", finished.finished, name="finished"),
    path("selesai/jumlah", finished.count, name="finished_count"),
    path("meja/cetak", desk.printed, name="desk_list"),
    path("papan", board.board, name="board"),
    path("urusan/<uuid:matter>", matter.page, name="matter"),
    path("urusan/<uuid:matter>/catatan", matter.record_page, name="matter_record"),
    path("urusan/<uuid:matter>/mengapa", matter.why, name="matter_why"),
    path("urusan/<uuid:matter>/tenggat", matter.clock, name="matter_clock"),
    path("urusan/<uuid:matter>/kabar", live.matter_news, name="matter_news"),
    path("langsung/karcis", live.ticket, name="live_ticket"),
    path("urusan/<uuid:matter>/ingatkan", notices.remind, name="remind"),
    path("pemberitahuan", notices.notices, name="notices"),
    path("pemberitahuan/lonceng", notices.bell, name="bell"),
    path("pemberitahuan/dibaca", notices.read, name="notices_read"),
    path("pemberitahuan/<uuid:notice>", notices.open_one, name="notice"),
    path("pemberitahuan/berhenti/<str:token>", wishes.stop, name="stop_mail"),
    path("profil/pemberitahuan", wishes.wishes, name="wishes"),
    path("profil/pemberitahuan/peramban", wishes.add_browser, name="browser_add"),
    path("profil/pemberitahuan/peramban/<uuid:browser>/hapus", wishes.remove_browser, name="browser_remove"),
    path("push.js", wishes.worker, name="push_worker"),
    path("profil", profile.profile, name="profile"),
    path("profil/pengganti/<uuid:post>", profile.deputy, name="deputy"),
    path("profil/pengganti/<uuid:deputy>/akhiri", profile.end_deputy, name="end_deputy"),
    path("profil/kunci", keys.keys, name="keys"),
    path("profil/kunci/<uuid:key>/cabut", keys.revoke, name="key_revoke"),
    path("profil/tombol", prefs.letter_keys, name="letter_keys"),
    path("bahasa", prefs.language, name="language"),
    path("tema", prefs.theme, name="theme"),
    path("bantuan/papan-ketik", prefs.keyboard, name="help"),
]
if settings.DEMO:
    urlpatterns += [path("demo/enter", demo.enter, name="demo_enter")]
if settings.DEMO or settings.DEBUG:
    urlpatterns += [path("_look", look.look, name="look")]
