"""What a process builds in its first request must not hold that request's cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(data: Path, *words: str) -> str:
    """One process on the database in this folder; what it printed."""
    inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.tenancy.fresh", *words],
        cwd=ROOT,
        env=inherited
        | {
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "console.settings.test",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: Any) -> Path:
    folder: Path = tmp_path_factory.mktemp("fresh")
    run(folder, "fill")
    return folder


@pytest.mark.parametrize(
    "order",
    [
        ("mallory", "hilltop", "mona", "riverside"),
        ("mona", "riverside", "mallory", "hilltop"),
    ],
    ids=["hilltop first", "riverside first"],
)
def test_the_second_cluster_sees_nothing_of_the_first(
    filled: Path, order: tuple[str, ...]
) -> None:
    assert run(filled, "walk", *order) == ""
