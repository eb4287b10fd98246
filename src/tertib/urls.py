"""The pages of a government's host: sign-in, the face's own, and each room's."""

from importlib.util import find_spec

from django.urls import include, path

from tertib.matters.rooms import rooms

urlpatterns = [
    path("accounts/", include("tertib.web.account_urls")),
    path("", include("tertib.web.urls")),
    *(path("", include(room.urls)) for room in rooms() if room.urls),
]
# Floors that bring pages of their own where they are installed.
if find_spec("tertib.web.admin.urls") is not None:
    urlpatterns += [path("atur/", include("tertib.web.admin.urls"))]
if find_spec("tertib.api.urls") is not None:
    urlpatterns += [path("api/", include("tertib.api.urls"))]

handler400 = "tertib.web.errors.bad_request"
handler403 = "tertib.web.errors.forbidden"
handler404 = "tertib.web.errors.not_found"
handler500 = "tertib.web.errors.server_error"
