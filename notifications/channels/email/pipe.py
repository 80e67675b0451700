"""A socket that never waits, with SMTP's replies for what comes in."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import NamedTuple

AT_ONCE = 65_536
#: Nobody who speaks SMTP says more in one reply.
LONGEST_REPLY = 65_536
WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
CODES = {b"%03d" % code: code for code in range(200, 600)}


class Reply(NamedTuple):
    """What a server says to one command. With a code of 0 it speaks no SMTP."""

    code: int
    text: bytes


class Closed(Exception):
    """The server has gone, or says what nobody can make sense of."""


class Pipe:
    """Writes what fits and keeps the rest; reads what there is."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._tls = isinstance(sock, ssl.SSLSocket)
        self._out: bytes | memoryview = b""
        self._broken = False
        self._rest = b""
        self._lines: list[bytes] = []

    @property
    def unsent(self) -> int:
        """How much was not handed to the network yet."""
        return len(self._out)

    @property
    def silent(self) -> bool:
        """Whether nothing came that is not part of a whole reply."""
        return not self._rest and not self._lines

    def write(self, data: bytes) -> None:
        self._out = bytes(self._out) + data if self._out else data
        self.flush()

    def flush(self) -> None:
        """Goes on writing. Whether the server has gone is found out by reading."""
        while self._out and not self._broken:
            try:
                sent = self.sock.send(self._out)
            except WAITS:
                return
            except OSError:
                # What it said before it went may still be there to be read.
                self._broken = True
                return
            self._out = b"" if sent == len(self._out) else memoryview(self._out)[sent:]

    def read(self) -> list[Reply]:
        """The replies that are there now; raises Closed when there will be no more."""
        try:
            data = self.sock.recv(AT_ONCE)
            while self._tls and self.sock.pending():  # type: ignore[attr-defined]
                data += self.sock.recv(AT_ONCE)
        except WAITS:
            if self._broken:
                raise Closed from None
            return []
        except OSError as problem:
            raise Closed from problem
        if not data:
            raise Closed
        return self._replies(data)

    def close(self) -> None:
        with suppress(OSError):
            self.sock.close()

    def _replies(self, data: bytes) -> list[Reply]:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        replies = []
        for line in lines:
            text = line[4:].strip()
            if line[3:4] == b"-":
                self._lines.append(text)
                continue
            if self._lines:
                text = b"\n".join([*self._lines, text])
                self._lines = []
            replies.append(Reply(CODES.get(line[:3], 0), text))
        if len(self._rest) + sum(map(len, self._lines)) > LONGEST_REPLY:
            raise Closed
        return replies
