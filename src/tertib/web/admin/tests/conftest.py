from __future__ import annotations

from typing import Any

import pytest

from tertib.government.tests.samples import post, seated
from tertib.web.admin.tests.browser import Browser


@pytest.fixture
def admin(government: Any) -> Browser:
    """The administrator of the whole government, cleared for everything."""
    return Browser(seated("Ani Admin", post("admin", clearance=3), "administrator"))
