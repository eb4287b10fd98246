"""The tables are what the models say: no change of a model is without its migration."""

from __future__ import annotations

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_model_changed_without_a_migration() -> None:
    """Ends with an exit status of its own where one is missing, and says which."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
