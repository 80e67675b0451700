"""On a database of an older version nothing is started, and a sentence says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import ROOT


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_that_is_not_up_to_date_is_said_in_one_sentence(
    command: str, tmp_path: Path
) -> None:
    given = {"DATA_DIR": str(tmp_path), "PORT": "28471"}
    given["DJANGO_SETTINGS_MODULE"] = "console.settings.dev"
    left_out = {"DATABASE_URL", "EMAIL_URL", "REDIS_URL"}
    outside = {n: v for n, v in os.environ.items() if n not in left_out}
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=outside | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "The database is not up to date. Run: manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr
