"""The sandbox mail server: takes mail on this machine only, delivers it nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import sqlite3
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session

from .store import OutboxStore

HOST = "127.0.0.1"
LARGEST = 26_214_400
GRACE = 10.0
CLOSING = "421 4.3.2 The sandbox is closing, try again later"

logger = logging.getLogger(__name__)
# aiosmtpd logs every address at INFO; process logs hold none.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class SandboxError(Exception):
    """The sandbox cannot run; the text says why and what to do."""


class Keeper:
    """aiosmtpd's handler: keeps each message before it says that it has it."""

    def __init__(self, store: OutboxStore) -> None:
        self.store = store
        self.closing = False

    async def handle_MAIL(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> Any:
        return CLOSING if self.closing else MISSING

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        try:
            for recipient in envelope.rcpt_tos:
                kept = self.store.add(raw, envelope.mail_from or "", recipient)
        except sqlite3.Error:
            logger.exception("sandbox_mail_not_kept")
            return "451 4.3.0 The outbox cannot be written, try again later"
        return f"250 2.0.0 Kept as {kept}"


class Connection(SMTP):
    """One client; known to the server so that it can be let finish."""

    def __init__(self, handler: Keeper, live: set[Connection], **options: Any) -> None:
        super().__init__(handler, **options)
        self._live = live

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._live.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._live.discard(self)

    @property
    def in_hand(self) -> bool:
        """A message has been begun and not yet answered."""
        return bool(self.envelope and self.envelope.mail_from)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


class SandboxServer:
    """Listens until it is asked to stop, then finishes the messages in hand."""

    def __init__(self, store: OutboxStore, port: int, *, host: str = HOST) -> None:
        self.store = store
        self.host = host
        self.port = port
        self._keeper = Keeper(store)
        self._live: set[Connection] = set()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """To be called in the loop's own thread."""
        self._stop.set()

    async def run(self, ready: Callable[[int], None] = lambda port: None) -> None:
        """Serves until `stop`; `ready` gets the port once it listens."""
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(self._connection, self.host, self.port)
        except OSError as problem:
            raise SandboxError(_why(problem, self.port)) from problem
        try:
            ready(server.sockets[0].getsockname()[1])
            await self._stop.wait()
        finally:
            server.close()
            await self._finish()
            self.store.close()

    def _connection(self) -> Connection:
        return Connection(
            self._keeper,
            self._live,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Tocsin sandbox mail",
            loop=asyncio.get_running_loop(),
        )

    async def _finish(self) -> None:
        self._keeper.closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while any(connection.in_hand for connection in self._live):
                    await asyncio.sleep(0.02)
        for connection in list(self._live):
            connection.hang_up()
        # One more turn of the loop, for the answers still to be written.
        await asyncio.sleep(0.05)


def serve(store: OutboxStore, port: int, ready: Callable[[int], None]) -> None:
    """Runs the sandbox in this thread until SIGTERM or SIGINT."""

    async def main() -> None:
        server = SandboxServer(store, port)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, server.stop)
        await server.run(ready)

    asyncio.run(main())


def _why(problem: OSError, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, so the sandbox mail server cannot start. "
            "Stop what uses it, or choose another with SANDBOX_SMTP_PORT or --port."
        )
    if problem.errno == errno.EACCES:
        return (
            f"Port {port} is for the system's own programs. "
            "Choose one above 1023 with SANDBOX_SMTP_PORT or --port."
        )
    return f"The sandbox mail server cannot listen on port {port}: {problem.strerror}."
