from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tertib.web"
    label = "web"
