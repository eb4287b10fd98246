from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "tertib.notices"
    label = "notices"
