from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "tertib.matters"
    label = "matters"
