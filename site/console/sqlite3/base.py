"""Django's SQLite backend, but for how a transaction waits for another's end.

SQLite asks again after ever longer pauses, up to a tenth of a second, and nobody is in
a queue: beside somebody who writes one transaction after the other (a fan-out, an
import) the others hardly ever come to it.

Of the threads of one process only one asks: twenty that ask by turns take Python's lock
from the one that could end its transaction.
"""

from __future__ import annotations

import os
from collections import defaultdict
from sqlite3 import SQLITE_BUSY
from threading import Lock
from time import monotonic, sleep

from django.db import OperationalError
from django.db.backends.sqlite3 import base

#: Seconds between two attempts to begin.
STEP = 0.0005
#: Where SQLite's own default would give up, in seconds.
PATIENCE = 5.0

#: By database: held by the thread of this process that asks whether it may begin.
_turns: defaultdict[str, Lock] = defaultdict(Lock)
os.register_at_fork(after_in_child=_turns.clear)


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction as soon as nobody else writes."""

    def _start_transaction_under_autocommit(self) -> None:
        end = monotonic() + self._patience
        turn = _turns[str(self.settings_dict["NAME"])]
        # Without a turn there is still one try: what it says is the error.
        has_turn = turn.acquire(timeout=self._patience)
        try:
            self._begin_before(end)
        finally:
            if has_turn:
                turn.release()

    def _begin_before(self, end: float) -> None:
        self._let_sqlite_wait(0)
        try:
            while not self._begins(end):
                sleep(STEP)
        finally:
            self._let_sqlite_wait(self._patience)

    @property
    def _patience(self) -> float:
        seconds: float = self.settings_dict["OPTIONS"].get("timeout", PATIENCE)
        return seconds

    def _begins(self, end: float) -> bool:
        """False where somebody else writes; after the ``end`` that is an error."""
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as problem:
            code: int = getattr(problem.__cause__, "sqlite_errorcode", 0)
            if code & 0xFF != SQLITE_BUSY or monotonic() > end:
                raise
            return False
        return True

    def _let_sqlite_wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}").close()
