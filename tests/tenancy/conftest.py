"""What the walks share."""

from __future__ import annotations

from typing import Any

import pytest

from .two import Two, make_two


@pytest.fixture
def two(db: Any, settings: Any, tmp_path: Any) -> Two:
    """Both clusters; the mails of the outbox in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    return make_two()
