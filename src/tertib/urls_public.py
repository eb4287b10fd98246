"""What answers on a host name that belongs to no government."""

from django.urls import path

from tertib.web import public

urlpatterns = [path("", public.governments, name="governments")]
handler404 = "tertib.web.errors.public_not_found"
handler500 = "tertib.web.errors.server_error"
