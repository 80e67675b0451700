"""What a worker is called, and whether one that was called so can still be alive."""

from __future__ import annotations

import hashlib
import os
import socket
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


@lru_cache(maxsize=1)
def _here() -> str:
    """This machine since it started, as far as its process numbers mean the same.

    Containers may share a host's name and number their processes alike.
    """
    name = socket.gethostname()
    try:
        since = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        numbers = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return name
    return f"{name}-{hashlib.sha256(f'{since} {numbers}'.encode()).hexdigest()[:6]}"


def worker_name() -> str:
    """This process, as leases, beats and history call it."""
    return f"{_here()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Whether this worker was a process of this machine that has ended.

    False where nobody here can know: then only its silence tells.
    """
    place, _, number = worker.rpartition(":")
    if place != _here() or not number.isdigit() or not (_PROC / "self").exists():
        return False
    return not (_PROC / number).exists()
