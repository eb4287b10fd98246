"""allauth's forms, where they compare a password without our brake on guessing or speak English to everybody."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext as _

from tertib.government import passwords
from tertib.government.models import Person
from tertib.ground.errors import TooMany


class SignIn(LoginForm):  # type: ignore[misc]
    """Name and password, called in a summary of mistakes what their fields are called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail")
        self.fields["password"].label = _("Password")


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """A new password, after the present one."""

    def clean_oldpassword(self) -> str:
        """The present password. A wrong one counts like one at signing a letter."""
        typed: str = self.cleaned_data.get("oldpassword", "")
        try:
            right = passwords.check(cast(Person, self.user), typed)
        except TooMany as error:
            raise get_adapter().validation_error("too_many_login_attempts") from error
        if not right:
            raise get_adapter().validation_error("enter_current_password")
        return typed


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey and what its owner calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
