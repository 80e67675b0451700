"""The small programs that the tests put under a supervisor."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
from typing import Any

from console import lifeline

heard, told = os.pipe()


def note(number: int, frame: Any) -> None:
    print(f"{name} was told to stop")
    os.write(told, b".")


def until_told() -> None:
    signal.signal(signal.SIGTERM, note)
    print(f"{name} runs as {os.getpid()}")
    os.read(heard, 1)


def talker() -> None:
    print("hello")
    signal.pause()


def careful() -> None:
    until_told()
    print(f"{name} finished what was in hand")


def slow() -> None:
    """Finishes what is in hand only when the test says so, with SIGUSR1."""
    signal.signal(signal.SIGUSR1, lambda number, frame: os.write(told, b"."))
    until_told()
    os.read(heard, 1)
    print(f"{name} finished what was in hand")


def pillar() -> None:
    until_told()


def failing() -> None:
    sys.exit("this is why")


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, __file__, "forever"])
    print(f"child of {name} runs as {child.pid}")
    signal.pause()


def forever() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.pause()


def tied() -> None:
    lifeline.hold()
    print(f"{name} runs as {os.getpid()}")
    signal.pause()


def web() -> None:
    address = ("127.0.0.1", int(sys.argv[2]))
    server = http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler)
    print(f"{name} runs as {os.getpid()}")
    print(f"web answers on {address[1]}")
    server.serve_forever()


name = sys.argv[1]
if __name__ == "__main__":
    globals()[name]()
