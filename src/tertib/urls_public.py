"""What answers on a host name that belongs to no government."""

from django.urls import path

from tertib.web import first_run, public
from tertib.web.views import prefs

urlpatterns = [
    path("", public.governments, name="governments"),
    path("mulai", first_run.begin, name="first_run"),
    path("bahasa", prefs.language, name="language"),
    path("tema", prefs.theme, name="theme"),
]
handler400 = "tertib.web.errors.bad_request"
handler403 = "tertib.web.errors.forbidden"
handler404 = "tertib.web.errors.public_not_found"
handler500 = "tertib.web.errors.server_error"
