"""The governments of an installation. Each has a PostgreSQL schema of its own.

No table of theirs has a tenant column.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin


class Government(TenantMixin):
    """A city or regency (or any other body that keeps its own house)."""

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40)
    area_code = models.CharField(_("area code"), max_length=13, blank=True)
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Jakarta")
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = True
    # A government's rows are never dropped by deleting its name from this list.
    auto_drop_schema = False

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^[a-z][a-z0-9_]{1,40}$"), name="schema_name_is_plain"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """A host name that leads to a government."""

    class Meta(DomainMixin.Meta):
        abstract = False

    def __str__(self) -> str:
        return str(self.domain)


class FirstRun(models.Model):
    """The one-time code that opens the page of the first government. At most one row, gone once it was used."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # SHA-256; the code itself has 60 bits and stands on the terminal alone.
    code = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    wrong_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.expires_at)
