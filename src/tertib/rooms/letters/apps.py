from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "tertib.rooms.letters"
    label = "letters"
