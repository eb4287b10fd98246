from django.apps import AppConfig


class GovernmentConfig(AppConfig):
    name = "tertib.government"
    label = "government"
