"""A mail server for tests, on this machine only, that misbehaves as it is told.

    with Sink() as sink:
        sink.faults["bob@example.org"] = Refuse(550, "no such user")
        ...
        assert sink.keys() == ["entry-1"]

Faults are per recipient (per sender at `MAIL`). `hold_after` makes it keep every later
message without an answer until `release()`: the place to kill a worker at.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import AuthResult

from tests.channels.faults import Arrived, Drop, Fault, Hang, Refuse
from tests.channels.faulty import Connection, Unwelcoming

__all__ = ["Arrived", "Drop", "Fault", "Hang", "Refuse", "Sink"]

PATIENCE = 20.0


class Sink:
    """Runs in a thread of its own; port 0 means any free one."""

    def __init__(
        self,
        *,
        port: int = 0,
        utf8: bool = True,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        password: str = "",
        pipelining: bool = True,
    ) -> None:
        self.port = port
        self.faults: dict[str, Fault] = {}
        self.greeting = ""
        self.per_connection: int | None = None
        #: No more connections than these at once.
        self.most: int | None = None
        self.hold_after: int | None = None
        self.connections = 0
        self.signed_in: list[str] = []
        self.arrived: list[Arrived] = []
        #: What came for recipients that were all refused.
        self.for_nobody: list[bytes] = []
        self.always_asks_for_data = False
        self.pipelining = pipelining
        self.live: set[Connection] = set()
        self._utf8, self._starttls, self._tls = utf8, starttls, tls
        self._password = password
        self._changed = threading.Condition()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def keys(self) -> list[str]:
        """The key of every message that arrived, in order, doubles included."""
        return [one.key for one in list(self.arrived)]

    def wait_for(self, count: int) -> None:
        """Until so many have arrived (held ones count)."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.arrived) >= count, PATIENCE)
        assert came, f"{len(self.arrived)} of {count} messages came"

    def release(self) -> None:
        """Answers what is held, and holds no more."""
        self.hold_after = None
        self._loop.call_soon_threadsafe(self._released.set)

    def drop_connections(self) -> None:
        """As a server does with clients that were idle for long."""
        asyncio.run_coroutine_threadsafe(self._drop_all(), self._loop).result(PATIENCE)

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

    def record(self, arrived: Arrived) -> None:
        with self._changed:
            self.arrived.append(arrived)
            self._changed.notify_all()

    async def hold(self) -> None:
        if self.hold_after is not None and len(self.arrived) > self.hold_after:
            await self._released.wait()

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        right = given.password.decode() == self._password
        if right:
            self.signed_in.append(given.login.decode())
        return AuthResult(success=right, handled=False)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop, self._released = asyncio.Event(), asyncio.Event()
        server = await self._loop.create_server(
            self._connection, "127.0.0.1", self.port, ssl=self._tls
        )
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._stop.wait()
        server.close()
        await self._drop_all()

    async def _drop_all(self) -> None:
        live = list(self.live)
        for connection in live:
            connection.drop()
        tasks = [c.handling for c in live if c.handling]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _connection(self) -> asyncio.Protocol:
        self.connections += 1
        if self.most is not None and len(self.live) >= self.most:
            return Unwelcoming("421 too many connections")
        if self.greeting:
            return Unwelcoming(self.greeting)
        found = Connection(
            self,
            enable_SMTPUTF8=self._utf8,
            tls_context=self._starttls,
            hostname="sink.test",
            loop=self._loop,
            auth_require_tls=False,
            auth_exclude_mechanism=None if self._password else ["LOGIN", "PLAIN"],
            authenticator=self.authenticate,
        )
        self.live.add(found)
        return found
