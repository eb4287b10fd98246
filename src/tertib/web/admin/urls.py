"""The addresses of administration, below `/atur/`."""

from __future__ import annotations

from django.urls import path

from tertib.web.admin import calendars, overview, people, posts, procedures, record, registers, seats, units, uploads

urlpatterns = [
    path("", overview.overview, name="administration"),
    path("unit", units.units, name="admin_units"),
    path("unit/baru", units.add, name="admin_unit_add"),
    path("unit/<uuid:unit>", units.unit, name="admin_unit"),
    path("unit/<uuid:unit>/ubah", units.edit, name="admin_unit_edit"),
    path("unit/<uuid:unit>/jabatan-baru", posts.add, name="admin_post_add"),
    path("jabatan/<uuid:post>", posts.post, name="admin_post"),
    path("jabatan/<uuid:post>/ubah", posts.edit, name="admin_post_edit"),
    path("jabatan/<uuid:post>/hapus", posts.abolish, name="admin_post_abolish"),
    path("jabatan/<uuid:post>/peran", posts.grant, name="admin_role_grant"),
    path("jabatan/<uuid:post>/isi", seats.add, name="admin_seat"),
    path("peran/<uuid:grant>/cabut", posts.revoke, name="admin_role_revoke"),
    path("pengangkatan/<uuid:appointment>/akhiri", seats.end, name="admin_appointment_end"),
    path("pengganti/<uuid:deputy>/akhiri", seats.end_deputy, name="admin_deputy_end"),
    path("orang", people.people, name="admin_people"),
    path("orang/baru", people.add, name="admin_person_add"),
    path("orang/<uuid:person>", people.person, name="admin_person"),
    path("orang/<uuid:person>/ubah", people.edit, name="admin_person_edit"),
    path("orang/<uuid:person>/tautan", people.link, name="admin_person_link"),
    path("orang/<uuid:person>/pensiun", people.retire, name="admin_person_retire"),
    path("kalender", calendars.calendars, name="admin_calendars"),
    path("kalender/baru", calendars.add, name="admin_calendar_add"),
    path("kalender/<uuid:calendar>", calendars.calendar, name="admin_calendar"),
    path("kalender/<uuid:calendar>/ubah", calendars.edit, name="admin_calendar_edit"),
    path("kalender/<uuid:calendar>/minggu", calendars.week, name="admin_calendar_week"),
    path("kalender/<uuid:calendar>/hari", calendars.change, name="admin_calendar_change"),
    path("register", registers.registers, name="admin_registers"),
    path("register/baru", registers.add, name="admin_register_add"),
    path("register/<uuid:register>", registers.edit, name="admin_register"),
    path("prosedur", procedures.procedures, name="admin_procedures"),
    path("prosedur/<uuid:procedure>", procedures.procedure, name="admin_procedure"),
    path("prosedur/<uuid:procedure>/berkas", procedures.source, name="admin_procedure_source"),
    path("prosedur/<uuid:procedure>/periksa", procedures.check, name="admin_procedure_check"),
    path("prosedur/<uuid:procedure>/terbitkan", procedures.publish, name="admin_procedure_publish"),
    path("impor", uploads.upload, name="admin_import"),
    path("impor/terapkan", uploads.confirm, name="admin_import_confirm"),
    path("impor/contoh/<str:kind>.<str:form>", uploads.template, name="admin_import_template"),
    path("catatan", record.record, name="admin_record"),
]
