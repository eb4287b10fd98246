"""allauth's sign-in page with the doors of the demo beside it, and the password by a link of the administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordResetFromKeyView
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.utils.decorators import method_decorator

from tertib.government import passwords, tokens
from tertib.government.models import Person
from tertib.ground.ids import parse_id
from tertib.notices import push
from tertib.web import session
from tertib.web.views.demo import doors


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):  # type: ignore[misc]
    """Sign in; in a demo also as one of the sample people."""

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        for field in form.fields.values():
            # The label says it; a placeholder would vanish with the first letter.
            field.widget.attrs.pop("placeholder", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "doors": doors()}


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):  # type: ignore[misc]
    """Sign out. Notices are pushed to this browser no more, for somebody else may sit down at it."""

    def logout(self) -> None:
        person = self.request.user
        if person.is_authenticated:
            # The script adds where it was pushed to; without it the session knows, where it was switched on in it.
            endpoint = self.request.POST.get("endpoint", "")[:1000].replace("\x00", "")
            push.leave(person.pk, parse_id(self.request.session.get(session.PUSHED, "")), endpoint)
        super().logout()


@method_decorator(login_not_required, name="dispatch")
class ChoosePassword(PasswordResetFromKeyView):  # type: ignore[misc]
    """The password by a link of the administrator. Whatever else opened the account so far may be a stranger's."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            # Making a key locks the same row: one that is being made is waited for, and revoked too.
            person = Person.objects.select_for_update().get(pk=self.reset_user.pk)
            tokens.revoke_all(person.pk, by=person.pk)
            Authenticator.objects.filter(user=person).delete()
            push.leave_others(person.pk)
            for one in UserSession.objects.filter(user=person):
                one.end()
            answer: HttpResponse = super().form_valid(form)
        passwords.forget_all(person)
        return answer
