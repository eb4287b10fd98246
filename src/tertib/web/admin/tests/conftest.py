from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tertib.web.admin.tests.browser import Browser


@pytest.fixture
def admin(government: Any) -> Browser:
    """The administrator of the whole government, cleared for everything."""
    # Not at the top: where only this folder is tested, Django is not set up yet when this file is read.
    from tertib.government.tests.samples import post, seated
    from tertib.web.admin.tests.browser import Browser

    return Browser(seated("Ani Admin", post("admin", clearance=3), "administrator"))
