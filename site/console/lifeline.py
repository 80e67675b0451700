"""Ties a program to its supervisor: when that is gone, however it went, so is this.

``python -m console.lifeline COMMAND …`` runs ``manage.py COMMAND …`` on a lifeline.
The supervisor holds the other end of standard input; the system closes it even when
the supervisor is killed with -9, on every Unix and from the very first moment.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from pathlib import Path

#: Seconds to finish the task in hand, for supervisor and lifeline alike.
TIME_TO_FINISH = 30

STANDARD_INPUT = 0
MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def hold() -> None:
    """From now on, end this program when its standard input ends."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(STANDARD_INPUT, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(TIME_TO_FINISH)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    hold()
    sys.argv = [str(MANAGE), *sys.argv[1:]]
    runpy.run_path(str(MANAGE), run_name="__main__")


if __name__ == "__main__":
    main()
