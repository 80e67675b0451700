"""A fast mail server that writes down every key before it answers.

It speaks SMTP with PIPELINING in a thread of its own. ``rate`` is how many messages a
second it takes over all its connections, so that a run lasts long enough for the
faults to land in the middle. Half of the messages are written down when they are there
and answered later, the other half only when they are answered: a sender killed between
the two leaves some that arrived and some that did not, and cannot know which.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from tests.chaos.record import Came, Record

ANSWERS = b"sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE\r\n"
KEY = re.compile(rb"(?mi)^X-Tocsin-Key:\s*(\S+)")
BETWEEN = re.compile(rb"<([^>]*)>")
PATIENCE = 20.0

#: Address and which attempt this is (from 1) → what becomes of it.
Verdict = Callable[[str, int], Came]


def accept(address: str, attempt: int) -> Came:
    """A server where nothing goes wrong."""
    return Came.ARRIVED


class Sink:
    """Runs in a thread of its own, on a free port."""

    def __init__(
        self, record: Path, *, rate: float = 2000, verdict: Verdict = accept
    ) -> None:
        self.record = Record(record)
        self.rate, self.verdict = rate, verdict
        self.port = 0
        #: Down: whoever comes is told so, and sent away.
        self.down = False
        self.attempts: Counter[str] = Counter()
        self.clients: set[asyncio.Transport] = set()
        self._slot = 0.0
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listening.wait(PATIENCE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.loop.call_soon_threadsafe(self._end)
        self._thread.join(PATIENCE)
        self.record.close()

    def next_slot(self) -> float:
        """When the next message may be answered, by the loop's clock."""
        self._slot = max(self._slot, self.loop.time()) + 1 / self.rate
        return self._slot

    def _run(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self._open())
        self._listening.set()
        self.loop.run_forever()
        self.loop.close()

    async def _open(self) -> None:
        self._server = await self.loop.create_server(
            lambda: Connection(self), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def _end(self) -> None:
        self._server.close()
        for client in list(self.clients):
            client.abort()
        # Once round: what was closed is told so.
        self.loop.call_soon(self.loop.stop)


class Connection(asyncio.Protocol):
    """One client: commands in order, whatever the size of its packets."""

    transport: asyncio.Transport

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._buffer = bytearray()
        self._address = ""
        self._in_data = self._waits = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.clients.add(transport)
        self._say(b"220 sink.test ready\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.clients.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        """As far as what is there reaches, or until an answer has to wait."""
        while not self._waits:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            head, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            if self._in_data:
                self._in_data = False
                self._message(bytes(head))
            else:
                self._command(bytes(head))

    def _command(self, line: bytes) -> None:
        match line[:4].upper():
            case b"EHLO":
                self._say(b"250-" + ANSWERS)
            case b"RCPT":
                self._recipient(line)
            case b"DATA" if self._address:
                self._in_data = True
                self._say(b"354 go on\r\n")
            case b"DATA":
                self._say(b"503 5.5.1 nobody to send it to\r\n")
            case b"QUIT":
                self._say(b"221 bye\r\n")
                self.transport.close()
            case b"MAIL" if self.sink.down:
                self.sink.record.add(Came.AWAY, "", "")
                self._say(b"421 4.3.2 down for maintenance\r\n")
                self.transport.close()
            case b"MAIL" | b"RSET":
                self._address = ""
                self._say(b"250 2.0.0 Ok\r\n")
            case b"HELO" | b"NOOP":
                self._say(b"250 2.0.0 Ok\r\n")
            case _:
                self._say(b"502 5.5.2 what?\r\n")

    def _recipient(self, line: bytes) -> None:
        found = BETWEEN.search(line)
        address = found.group(1).decode() if found else ""
        self.sink.attempts[address] += 1
        verdict = self.sink.verdict(address, self.sink.attempts[address])
        if verdict is Came.TEMPORARY:
            self.sink.record.add(verdict, address, "")
            self._say(b"451 4.7.1 come back later\r\n")
        elif verdict is Came.PERMANENT:
            self.sink.record.add(verdict, address, "")
            self._say(b"550 5.1.1 no such mailbox\r\n")
        else:
            self._address, self._verdict = address, verdict
            self._say(b"250 2.1.5 Ok\r\n")

    def _message(self, raw: bytes) -> None:
        found = KEY.search(raw)
        key = found.group(1).decode() if found else ""
        address, self._address = self._address, ""
        self._waits = True
        if self._verdict is Came.HUNG:
            self.sink.record.add(Came.HUNG, address, key)
            return
        early = bool(crc32(address.encode()) & 1)
        if early:
            self.sink.record.add(Came.ARRIVED, address, key)
        self.sink.loop.call_at(self.sink.next_slot(), self._answer, address, key, early)

    def _answer(self, address: str, key: str, early: bool) -> None:
        if self.transport.is_closing():
            return
        if not early:
            self.sink.record.add(Came.ARRIVED, address, key)
        self._waits = False
        self._say(b"250 2.0.0 Ok: queued\r\n")
        self._go_on()

    def _say(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
