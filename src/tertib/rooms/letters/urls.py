"""Addresses of the letters room."""

from __future__ import annotations

from django.urls import path

from tertib.rooms.letters.views import (
    acts,
    book,
    copies,
    drafts,
    export,
    letter,
    lists,
    papers,
    posts,
    precedents,
    registration,
    results,
    rules,
    scans,
    search,
    texts,
    together,
)

app_name = "letters"
urlpatterns = [
    path("surat/masuk", lists.incoming, name="incoming"),
    path("surat/masuk/baru", registration.register, name="register"),
    path("surat/masuk/unggah", scans.upload, name="upload"),
    path("surat/masuk/berkas", papers.staged_image, name="staged_image"),
    path("surat/masuk/berkas/teks", papers.staged_words, name="staged_words"),
    path("surat/masuk/pengirim", precedents.senders, name="senders"),
    path("surat/masuk/perihal", precedents.subjects, name="subjects"),
    path("surat/masuk/kembar", precedents.twin, name="twin"),
    path("surat/keluar", lists.outgoing, name="outgoing"),
    path("surat/keluar/baru", drafts.new, name="draft"),
    path("surat/cari", search.search, name="search"),
    path("surat/cari/simpan", search.save, name="save_search"),
    path("surat/cari/<uuid:search>/hapus", search.forget, name="forget_search"),
    path("surat/keluar/baru/salinan", copies.keep_unbegun, name="keep_unbegun"),
    path("surat/salinan/<uuid:copy>/<slug:action>", copies.decide, name="copy"),
    path("surat/pratinjau", drafts.preview, name="preview"),
    path("surat/buku", book.show, name="book"),
    path("surat/buku.xlsx", book.spreadsheet, name="book_spreadsheet"),
    path("surat/buku.pdf", book.printed, name="book_printed"),
    path("surat/agenda.xlsx", export.agenda, name="export"),
    path("surat/jabatan", posts.search, name="posts"),
    path("surat/aturan", rules.show, name="rules"),
    path("surat/berkas/<uuid:version>/hal/<int:number>", papers.page_image, name="page_image"),
    path("surat/berkas/<uuid:version>/teks", papers.page_words, name="page_words"),
    path("surat/berkas/<uuid:version>/unduh", papers.download, name="download"),
    path("surat/bersama/disposisi", together.dispose, name="dispose_together"),
    path("surat/bersama/diketahui", together.note, name="note_together"),
    path("surat/bersama/hasil", results.show, name="done_together"),
    path("surat/<uuid:matter>", letter.show, name="letter"),
    path("surat/<uuid:matter>/konsep", drafts.edit, name="edit"),
    path("surat/<uuid:matter>/salinan", copies.keep, name="keep"),
    path("surat/<uuid:matter>/pena", copies.pen, name="pen"),
    path("surat/<uuid:matter>/naskah", texts.show, name="text"),
    path("surat/<uuid:matter>/banding", texts.compare, name="compare"),
    path("surat/<uuid:matter>/<slug:action>", acts.act, name="act"),
]
