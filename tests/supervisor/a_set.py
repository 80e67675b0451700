"""A set of small programs, by name, under the real supervisor."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

from console.supervisor import Patience, Program, Supervisor

MEMBERS = str(Path(__file__).with_name("members.py"))


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def main() -> int:
    port = a_free_port()
    supervisor = Supervisor(
        [
            Program(
                name,
                (sys.executable, MEMBERS, name, str(port)),
                outlives=name == "pillar",
            )
            for name in sys.argv[1:]
        ],
        patience=Patience(pauses=(0, 0), finish=1 if "stubborn" in sys.argv else 30),
    )
    return asyncio.run(supervisor.run(port, lambda: "ready when you are"))


if __name__ == "__main__":
    sys.exit(main())
