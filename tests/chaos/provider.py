"""A provider with idempotency keys: it drops a second message with the same key.

It speaks just enough HTTP to be posted to over kept connections. The key is written
down before the answer, so that a sender killed in between has to come again, and is
told that all is well.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.record import THERE, Came, Record
from tests.chaos.sink import Verdict, accept

PATIENCE = 20.0
CODES = {Came.TEMPORARY: "503 Busy", Came.PERMANENT: "422 No such address"}


class KeyedProvider:
    """Runs in a thread of its own, on a free port; ``rate`` is messages a second."""

    def __init__(
        self, record: Path, *, rate: float = 2000, verdict: Verdict = accept
    ) -> None:
        self.record = Record(record)
        self.rate, self.verdict = rate, verdict
        self.port = 0
        self.attempts: Counter[str] = Counter()
        self._known: set[str] = set()
        self._slot = 0.0
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="provider", daemon=True)

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
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        self.record.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._stop.wait()
        server.close()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while True:
                headers = _headers(await reader.readuntil(b"\r\n\r\n"))
                await reader.readexactly(int(headers["content-length"]))
                came = self._take(headers["to"], headers["idempotency-key"])
                if came is Came.HUNG:
                    # Until whoever waits has had enough.
                    await reader.read()
                    return
                await self._pace()
                code = CODES.get(came, "200 OK")
                writer.write(f"HTTP/1.1 {code}\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _take(self, address: str, key: str) -> Came:
        self.attempts[address] += 1
        what = self.verdict(address, self.attempts[address])
        if what in THERE:
            if key in self._known:
                what = Came.REPEATED
            self._known.add(key)
        self.record.add(what, address, key)
        return what

    async def _pace(self) -> None:
        now = self._loop.time()
        self._slot = max(self._slot, now) + 1 / self.rate
        await asyncio.sleep(self._slot - now)


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.split(": ", 1) for line in lines if line)
    return {name.lower(): value for name, value in pairs}
