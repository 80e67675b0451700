"""The project's own files, as the guards look at them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """What is in the repository, and what would be after the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = (ROOT / name for name in sorted(filter(None, listed.split("\0"))))
    return tuple(path for path in found if path.is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Each text file's name and its text."""
    for path in files():
        data = path.read_bytes()
        if b"\0" not in data:
            yield str(path.relative_to(ROOT)), data.decode(errors="replace")


def python() -> Iterator[Path]:
    """Every Python file that a person wrote."""
    for path in files():
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield path
