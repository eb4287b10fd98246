from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "tertib.papers"
    label = "papers"
