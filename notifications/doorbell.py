"""Tell whoever listens that there is work, once the transaction has committed.

The database is the truth and a ring may be lost: the worker's sweep finds the work
all the same, a second or two later.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.dispatch import Signal

#: Sent after commit with ``lane`` (an int): batches of that lane are due.
batches_due = Signal()
#: Sent after commit with ``kind`` and ``pk``: an import, export or fan-out waits.
job_waiting = Signal()


def ring(lane: int) -> None:
    """Wake the workers of a lane when the running transaction commits."""
    transaction.on_commit(partial(batches_due.send, sender=None, lane=lane))


def ring_job(kind: str, pk: int) -> None:
    """Wake a worker for one job when the running transaction commits."""
    transaction.on_commit(partial(job_waiting.send, sender=None, kind=kind, pk=pk))
