"""Django's SQLite backend, but for how a transaction waits for another's end.

SQLite asks again after ever longer pauses, up to a tenth of a second, and nobody is in
a queue: beside somebody who writes one transaction after the other (a fan-out, an
import) the others hardly ever come to it.
"""

from __future__ import annotations

from sqlite3 import SQLITE_BUSY
from time import monotonic, sleep

from django.db import OperationalError
from django.db.backends.sqlite3 import base

#: Seconds between two attempts to begin.
STEP = 0.0005
#: Where SQLite's own default would give up, in seconds.
PATIENCE = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction as soon as nobody else writes."""

    def _start_transaction_under_autocommit(self) -> None:
        patience = self.settings_dict["OPTIONS"].get("timeout", PATIENCE)
        end = monotonic() + patience
        self._let_sqlite_wait(0)
        try:
            while not self._begins(end):
                sleep(STEP)
        finally:
            self._let_sqlite_wait(patience)

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
