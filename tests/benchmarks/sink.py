"""A mail server that costs as little as Python lets it: it counts and keeps the keys.

    python -m tests.benchmarks.sink [--rtt 0.01] [--most 16] [--unpipelined]

One line of JSON says its port. Then each line on standard input is a command, and is
answered by one line of JSON: ``report``, ``reset`` or ``keep FILE``. It ends when its
standard input does. ``--rtt`` holds every answer back for so many seconds, as a mail
server so far away would. ``--most`` refuses further connections. What a client sends
before it may is taken all the same, and counted.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import select
import socket
import struct
import sys
import time
from collections import Counter, deque
from typing import Any

KEY = b"X-Tocsin-Key: "
END = b"\r\n.\r\n"
OK = b"250 2.0.0 OK\r\n"
GO_ON = b"354 Go on\r\n"
GREETING = b"220 sink.test ESMTP\r\n"
FULL = b"421 4.7.0 Too many connections\r\n"
BYE = b"221 2.0.0 Bye\r\n"
#: Seconds that an answer may leave early: the kernel's clock ticks in milliseconds.
EARLY = 0.0005
AT_ONCE = 1 << 18


class Connection:
    """What one client has sent, and where in the conversation it is."""

    __slots__ = ("domain", "envelope", "in_data", "rest", "sock", "waiting")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.rest = b""
        self.in_data = False
        self.domain = b""
        self.envelope: list[bytes] = []
        #: Answers that are on their way back.
        self.waiting = 0


class Tally:
    """What has arrived since the last reset."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.domains: list[bytes] = []
        self.times: list[float] = []
        self.size = 0
        self.early = 0
        self.hasty = 0
        self.refused = 0
        self.peak = 0
        self.spent = time.process_time()

    def report(self) -> dict[str, Any]:
        last: dict[str, float] = {}
        for domain, at in zip(self.domains, self.times, strict=True):
            last[domain.decode()] = at
        return {
            "count": len(self.keys),
            "distinct": len(set(self.keys)),
            "without_key": sum(not key for key in self.keys),
            "by_domain": dict(Counter(each.decode() for each in self.domains)),
            "last_by_domain": last,
            "first": min(self.times, default=0.0),
            "last": max(self.times, default=0.0),
            "bytes": self.size,
            # Commands before an answer without PIPELINING; a body before the 354.
            "early": self.early,
            "hasty": self.hasty,
            "refused": self.refused,
            "peak": self.peak,
            "cpu": time.process_time() - self.spent,
        }


class Sink:
    """One process, one thread, one epoll."""

    def __init__(self, rtt: float, most: int | None, *, pipelining: bool) -> None:
        self.rtt, self.most, self.pipelining = rtt, most, pipelining
        extensions = ["sink.test", "8BITMIME", "SMTPUTF8", "SIZE 50000000"]
        if pipelining:
            extensions.append("PIPELINING")
        lines = [f"250-{each}\r\n" for each in extensions[:-1]]
        self.hello = "".join([*lines, f"250 {extensions[-1]}\r\n"]).encode()
        self.tally = Tally()
        self.kept: Any = None
        self.later: deque[tuple[float, Connection, bytes]] = deque()
        self.live: dict[int, Connection] = {}
        self.poll = select.epoll()
        self.door = socket.create_server(("127.0.0.1", 0), backlog=1024)

    def run(self) -> None:
        door, control = self.door.fileno(), sys.stdin.fileno()
        self.poll.register(door, select.EPOLLIN)
        self.poll.register(control, select.EPOLLIN)
        say({"port": self.door.getsockname()[1]})
        while True:
            for fd, _events in self.poll.poll(self._pause()):
                if fd == door:
                    self._welcome()
                elif fd == control:
                    if not self._obey(os.read(control, 4096)):
                        return
                elif fd in self.live:
                    self._hear(self.live[fd])
            if self.later:
                self._send_what_is_due()

    def _pause(self) -> float:
        if not self.later:
            return -1
        return max(self.later[0][0] - EARLY - time.monotonic(), 0)

    def _welcome(self) -> None:
        sock, _address = self.door.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.most is not None and len(self.live) >= self.most:
            self.tally.refused += 1
            sock.sendall(FULL)
            sock.close()
            return
        connection = Connection(sock)
        self.live[sock.fileno()] = connection
        self.tally.peak = max(self.tally.peak, len(self.live))
        self.poll.register(sock.fileno(), select.EPOLLIN)
        self._answer(connection, GREETING)

    def _hear(self, connection: Connection) -> None:
        try:
            data = connection.sock.recv(AT_ONCE)
        except ConnectionError:
            data = b""
        if not data:
            self._close(connection)
            return
        if connection.waiting and not self.pipelining:
            self.tally.early += 1
        if connection.rest:
            data = connection.rest + data
        answers, ended = self._read(connection, data)
        if answers:
            self._answer(connection, answers)
        if ended and not self.rtt:
            self._close(connection)

    def _read(self, connection: Connection, data: bytes) -> tuple[bytes, bool]:
        """The answers to all that is complete; the rest waits for more."""
        answers: list[bytes] = []
        at, size, ended = 0, len(data), False
        while at < size and not ended:
            if connection.in_data:
                end = data.find(END, at)
                if end < 0:
                    break
                self._keep(connection, data, at, end)
                connection.in_data = False
                at = end + len(END)
                answers.append(OK)
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            line = data[at:end]
            at = end + 2
            if answers and not self.pipelining:
                self.tally.early += 1
            verb = line[:4].upper()
            if verb == b"DATA":
                connection.in_data = True
                answers.append(GO_ON)
                self.tally.hasty += at < size
            elif verb in (b"EHLO", b"HELO"):
                answers.append(self.hello)
            elif verb == b"QUIT":
                answers.append(BYE)
                ended = True
            else:
                if verb == b"RCPT":
                    connection.domain = line[line.rfind(b"@") + 1 : line.rfind(b">")]
                if self.kept is not None and verb in (b"MAIL", b"RCPT"):
                    connection.envelope.append(line)
                answers.append(OK)
        connection.rest = data[at:] if at < size else b""
        return b"".join(answers), ended

    def _keep(self, connection: Connection, data: bytes, at: int, end: int) -> None:
        tally = self.tally
        found = data.find(KEY, at, end)
        key = b""
        if found >= 0:
            key = data[found + len(KEY) : data.find(b"\r\n", found)]
        tally.keys.append(key)
        tally.domains.append(connection.domain)
        tally.times.append(time.monotonic())
        tally.size += end - at
        if self.kept is not None:
            for part in (b"\r\n".join(connection.envelope), data[at:end]):
                self.kept.write(struct.pack(">I", len(part)) + part)
            connection.envelope = []

    def _answer(self, connection: Connection, answers: bytes) -> None:
        if self.rtt:
            connection.waiting += 1
            due = time.monotonic() + self.rtt
            self.later.append((due, connection, answers))
        else:
            self._send(connection, answers)

    def _send_what_is_due(self) -> None:
        now = time.monotonic() + EARLY
        while self.later and self.later[0][0] <= now:
            _due, connection, answers = self.later.popleft()
            connection.waiting -= 1
            self._send(connection, answers)
            if answers.endswith(BYE):
                self._close(connection)

    def _send(self, connection: Connection, answers: bytes) -> None:
        if connection.sock.fileno() < 0:
            return
        try:
            connection.sock.sendall(answers)
        except ConnectionError:
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        fd = connection.sock.fileno()
        if self.live.pop(fd, None) is not None:
            self.poll.unregister(fd)
            connection.sock.close()

    def _obey(self, told: bytes) -> bool:
        if not told:
            return False
        for line in told.decode().splitlines():
            command, _, argument = line.partition(" ")
            found: dict[str, Any] = {}
            if command == "reset":
                self.tally = Tally()
                self.tally.peak = len(self.live)
            elif command == "keep":
                self._keep_in(argument)
            else:
                found = self.tally.report()
            say(found)
        return True

    def _keep_in(self, name: str) -> None:
        """Write every message down from now on; without a name, no more."""
        if self.kept is not None:
            self.kept.close()
        self.kept = open(name, "wb") if name else None  # noqa: SIM115


def say(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rtt", type=float, default=0.0)
    parser.add_argument("--most", type=int)
    parser.add_argument("--unpipelined", action="store_true")
    options = parser.parse_args()
    # Nothing here goes in circles.
    gc.disable()
    Sink(options.rtt, options.most, pipelining=not options.unpipelined).run()


if __name__ == "__main__":
    main()
