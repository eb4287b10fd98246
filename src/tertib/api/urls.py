"""Where the REST interface is found."""

from django.urls import path

from tertib.api.main import api

urlpatterns = [path("v1/", api.urls)]
