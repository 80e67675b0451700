"""Signs of life while a window is with the provider, however slow one message is."""

from __future__ import annotations

import logging
from contextvars import copy_context
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connections

from .leasing import Lease, LeaseLost, renew

logger = logging.getLogger("tocsin.delivery")

#: Seconds between two signs of life.
EVERY = 10.0
#: After so long without one nothing more is handed over; the lease is still ours.
UNSURE = 30.0
#: A message that takes longer hangs, and its batch is left to another worker.
HANGS = 300.0


class Pulse:
    """Renews a lease from a thread of its own, on a connection of its own.

    A server may take half a minute for each step of one message, and the database
    may be away for a moment: neither makes unknown what was sent or never left.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._lost = False
        self._ended = Event()
        self._renewed_at = self._asked_at = monotonic()
        run = copy_context().run
        self._thread = Thread(target=run, args=(self._beat,), name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def go_on(self) -> bool:
        """Whether one more message may be begun: the batch is ours beyond doubt."""
        self._asked_at = monotonic()
        return not self._lost and self._asked_at - self._renewed_at < UNSURE

    def _beat(self) -> None:
        try:
            while not self._ended.wait(EVERY):
                if self._lost or monotonic() - self._asked_at > HANGS:
                    return
                self._renew()
        finally:
            connections.close_all()

    def _renew(self) -> None:
        began = monotonic()
        try:
            renew(self._lease)
        except LeaseLost:
            self._lost = True
        except DatabaseError:
            logger.warning("no sign of life for batches %s", self._lease.batches)
            connections.close_all()
        else:
            self._renewed_at = began
