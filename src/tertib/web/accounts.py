"""How allauth behaves here: nobody signs up, and nobody is told what they know already."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tertib.government import fields, passwords
from tertib.ground.errors import TooMany
from tertib.ground.ids import parse_id
from tertib.ground.tenancy import here
from tertib.notices import push
from tertib.web import session

_OBVIOUS = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Who may sign in, and whose session is still worth something: Django asks at every request."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """allauth's, with one count of strangers' guesses for each person, however they are called."""
        self._tried: set[Any] = set()
        self._typed = str(credentials.get("username") or credentials.get("email") or "")
        try:
            return super().authenticate(request, **credentials)
        except TooMany as error:
            raise AccountAdapter().validation_error("too_many_login_attempts") from error

    def _check_password(self, user: Any, password: str) -> Any:
        # The same person is found by user name and by address; that is one guess.
        if user is None or user.pk in self._tried:
            return None
        self._tried.add(user.pk)
        passwords.count(str(user.pk))
        found = super()._check_password(user, password)
        if found is not None:
            passwords.forget(str(user.pk))
        return found

    def _mitigate_timing_attack(self, password: str) -> None:
        # Nobody has this name: it is braked like one that somebody has.
        passwords.count(self._typed)
        super()._mitigate_timing_attack(password)

    def user_can_authenticate(self, user: Any) -> bool:
        """Active people; the sample people of a demo nowhere else, for everybody knows their password."""
        return super().user_can_authenticate(user) and (here.is_demo() or not user.is_sample)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the administrator, with the person."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("User name or password is not right."),
        "email_password_mismatch": _("User name or password is not right."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes and try again."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limit what comes from one address. Guesses at one person are counted by `Backend`."""
        self._login_failed_rl_usage = ratelimit.consume(request, app="allauth.account", action="password")
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who signs in. A password that everybody knows says nothing of who types it, so there is no other answer."""
        person = super().authenticate(request, **credentials)
        return person if person is None or here.is_demo() or not person.is_sample else None

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Who is signed in already. allauth would sign them in once more, and strangers' guesses would count."""
        try:
            return passwords.check(user, password)
        except TooMany as error:
            raise self.validation_error("too_many_login_attempts") from error

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """By whatever way somebody signs in, a passkey or a link: an account that is closed stays so."""
        # Not saved: it only tells allauth what our backend knows.
        user.is_active = Backend().user_can_authenticate(user)
        return super().pre_login(request, user, **kwargs)

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be sent there after signing in: this very host, not any other that is served here."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Keep quiet about what the page itself shows."""
        if message_template not in _OBVIOUS:
            super().add_message(request, level, message_template, *args, **kwargs)


class Sessions(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """What ends with the sessions of one's other browsers."""

    def end_sessions(self, sessions: Any) -> None:
        """End them, and push to those browsers no more."""
        request = context.request
        push.leave_others(request.user.pk, parse_id(request.session.get(session.PUSHED, "")))
        super().end_sessions(sessions)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and seeds of recovery codes, encrypted like the numbers of people."""

    _MARK = "tertib1:"

    def encrypt(self, text: str) -> str:
        """As it is stored."""
        return self._MARK + base64.b64encode(fields.encrypt(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """As it was. What an earlier build stored is plain."""
        if not encrypted_text.startswith(self._MARK):
            return encrypted_text
        return fields.decrypt(base64.b64decode(encrypted_text.removeprefix(self._MARK)))
