"""django-post_office at its best on two cores, as ``tuning`` found it."""

from __future__ import annotations

from tests.benchmarks.places import POSTGRESQL

from .running import Peer

LABEL = "the best tuned django-post_office"


def at_hand(vendor: str) -> Peer:
    """With the mail server on the same machine."""
    if vendor == POSTGRESQL:
        return post_office(processes=2, batch=5_000, threads=2)
    return post_office(processes=2, batch=5_000, threads=2)


def far(vendor: str) -> Peer:
    """With the mail server ten milliseconds away."""
    if vendor == POSTGRESQL:
        return post_office(processes=2, batch=5_000, threads=32)
    return post_office(processes=2, batch=5_000, threads=32)


def post_office(
    *, processes: int, batch: int, threads: int, later: bool = False
) -> Peer:
    return Peer(
        "post_office",
        LABEL,
        processes=processes,
        options={"BATCH_SIZE": batch, "THREADS_PER_PROCESS": threads},
        later=later,
    )
