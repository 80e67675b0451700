"""A server that says just what a test wants, byte by byte.

def script(line: Line) -> None:
    line.say("220 hello")
    line.hear("EHLO")
    ...

with Speaker(script) as speaker:
    ...
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

PATIENCE = 20.0


class Line:
    """One connection of a client."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._file = sock.makefile("rb")

    def say(self, *lines: str) -> None:
        self.sock.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self, begin: str) -> str:
        found = self._file.readline().decode().rstrip("\r\n")
        assert found.startswith(begin), f"{found!r} instead of {begin}"
        return found

    def welcome(self, *offers: str) -> None:
        self.say("220 speaker")
        self.hear("EHLO")
        self.say("250-speaker", *(f"250-{offer}" for offer in offers), "250 HELP")

    def envelope(self) -> None:
        """Takes one message's commands, however they come, up to the 354."""
        for command in ("MAIL", "RCPT"):
            self.hear(command)
            self.say("250 ok")
        self.hear("DATA")
        self.say("354 go on")

    def body(self) -> str:
        found = ""
        while not found.endswith("\r\n.\r\n"):
            heard = self._file.readline()
            assert heard, "the client left in the middle of a message"
            found += heard.decode()
        return found

    def close(self) -> None:
        self._file.close()
        self.sock.close()


class Speaker:
    """Plays the script to every client, one after another."""

    def __init__(self, script: Callable[[Line], None]) -> None:
        self._script = script
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.connections = 0
        self.problems: list[BaseException] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            # Wakes up whoever waits in accept.
            self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            sock.settimeout(PATIENCE)
            line = Line(sock)
            try:
                self._script(line)
            except (AssertionError, OSError) as problem:
                self.problems.append(problem)
            finally:
                line.close()
