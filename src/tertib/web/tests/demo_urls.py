"""The pages of a demo: `tertib.web.urls` adds the door only where the installation is one."""

from django.urls import path

from tertib.urls import handler404
from tertib.urls import urlpatterns as usual
from tertib.web.views import demo

urlpatterns = [*usual, path("demo/enter", demo.enter, name="demo_enter")]
__all__ = ["handler404", "urlpatterns"]
