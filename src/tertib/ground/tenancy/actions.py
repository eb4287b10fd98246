"""Making governments."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy import here
from tertib.ground.tenancy.middleware import forget
from tertib.ground.tenancy.models import Domain, Government

_RESERVED = frozenset({"public", "information_schema", "pg_catalog", "pg_toast"})


def create_government(
    schema: str,
    name: str,
    *,
    short_name: str = "",
    domain: str = "",
    area_code: str = "",
    timezone: str = "Asia/Jakarta",
    demo: bool = False,
) -> Government:
    """Make a government: its schema with all tables, and the host name that leads to it (`<schema>.localhost` by
    default).

    Raises `Invalid` where the schema name, domain, area code or time zone can't be used or is taken.
    """
    # Host names have no underscores; schemas have no hyphens.
    domain = (domain or f"{schema.replace('_', '-')}.localhost").lower()
    problems = []
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", schema) or schema in _RESERVED or schema.startswith("pg_"):
        mend = _("Use 2 to 41 small letters, digits and underscores, beginning with a letter.")
        problems.append(Problem(_("“%s” can't be a schema name.") % schema, where="schema", mend=mend))
    if not name.strip():
        problems.append(Problem(_("A government needs a name."), where="name"))
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", domain):
        problems.append(Problem(_("“%s” is no host name.") % domain, where="domain"))
    if area_code and not re.fullmatch(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", area_code):
        mend = _("Write it like 32.75 or 35.14.09.")
        problems.append(Problem(_("“%s” is no area code.") % area_code, where="area_code", mend=mend))
    if timezone not in available_timezones():
        mend = _("Give Asia/Jakarta, Asia/Makassar or Asia/Jayapura.")
        problems.append(Problem(_("“%s” is no time zone.") % timezone, where="timezone", mend=mend))
    here.leave()
    if Government.objects.filter(schema_name=schema).exists():
        problems.append(Problem(_("A government “%s” exists already.") % schema, where="schema"))
    if Domain.objects.filter(domain=domain).exists():
        problems.append(Problem(_("The host name “%s” is taken.") % domain, where="domain"))
    if problems:
        raise Invalid(*problems)
    government = Government(
        schema_name=schema,
        name=name.strip(),
        short_name=short_name.strip() or name.strip(),
        area_code=area_code,
        timezone=timezone,
        demo=demo,
    )
    government.save(verbosity=0)
    Domain.objects.create(domain=domain, tenant=government, is_primary=True)
    forget()
    return government
