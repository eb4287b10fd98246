"""How allauth behaves here: nobody signs up, and nobody is told what they know already."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tertib.web.views.demo import is_open

_OBVIOUS = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the administrator, with the person."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("User name or password is not right."),
        "email_password_mismatch": _("User name or password is not right."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes and try again."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who signs in; the sample people of a demo nowhere else, for everybody knows their password."""
        person = super().authenticate(request, **credentials)
        if person is not None and person.is_sample and not is_open(request):
            return None
        return person

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Keep quiet about what the page itself shows."""
        if message_template not in _OBVIOUS:
            super().add_message(request, level, message_template, *args, **kwargs)
