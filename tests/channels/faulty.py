"""The sink's side of one connection: SMTP with the faults put in at each stage."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import MISSING, SMTP

from tests.channels.faults import Arrived, Drop, Refuse

if TYPE_CHECKING:
    from tests.channels.sink import Sink

KEY_HEADER = "X-Tocsin-Key"


class Unwelcoming(asyncio.Protocol):
    def __init__(self, greeting: str) -> None:
        self.greeting = greeting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.greeting.encode() + b"\r\n")
        transport.close()


class Connection(SMTP):
    """aiosmtpd's protocol, with the faults put in at each stage."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        self.sink, self.number, self.begun = sink, sink.connections, 0
        super().__init__(Handler(self), **options)

    @property
    def handling(self) -> asyncio.Task[None] | None:
        return self._handler_coroutine

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.sink.live.discard(self)

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    async def fault(self, who: str, at: str) -> str | None:
        fault = self.sink.faults.get(who)
        if fault is None or fault.at != at:
            return None
        if isinstance(fault, Refuse):
            return f"{fault.code} {fault.text}"
        if isinstance(fault, Drop):
            self.drop()
        # Cancelled when the client, or the test, closes the connection.
        await asyncio.Event().wait()
        return None

    async def smtp_DATA(self, arg: str) -> None:
        if not self.envelope.rcpt_tos:
            await self.data_for_nobody(arg)
            return
        recipient = self.envelope.rcpt_tos[0]
        if answer := await self.fault(recipient, "DATA"):
            await self.push(answer)
        elif self.sink.faults.get(recipient) == Drop("BODY"):
            await self.push("354 go on")
            self.drop()
        else:
            await super().smtp_DATA(arg)

    async def data_for_nobody(self, arg: str) -> None:
        """Some servers want a message before they say that they have nobody for it."""
        if not self.sink.always_asks_for_data:
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        body = await self._reader.readuntil(b".\r\n")
        self.sink.for_nobody.append(body)
        await self.push("554 no valid recipients")
        self._set_post_data_state()


class Handler:
    def __init__(self, connection: Connection) -> None:
        self.connection, self.sink = connection, connection.sink

    async def handle_EHLO(
        self,
        server: Any,
        session: Any,
        envelope: Any,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        first, *others = responses
        offered = ["250-PIPELINING"] if self.sink.pipelining else []
        return [first, *offered, *others]

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> Any:
        self.connection.begun += 1
        limit = self.sink.per_connection
        if limit is not None and self.connection.begun > limit:
            return "421 4.7.0 that is enough for one connection"
        if answer := await self.connection.fault(address, "MAIL"):
            return answer
        return MISSING

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> Any:
        return await self.connection.fault(address, "RCPT") or MISSING

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        recipient = envelope.rcpt_tos[0]
        fault = self.sink.faults.get(recipient)
        if isinstance(fault, Refuse) and fault.at == "DOT":
            return f"{fault.code} {fault.text}"
        raw = envelope.original_content
        message = message_from_bytes(raw)
        self.sink.record(
            Arrived(
                key=str(message[KEY_HEADER] or ""),
                sender=envelope.mail_from,
                recipient=recipient,
                options=tuple(envelope.mail_options),
                connection=self.connection.number,
                raw=raw,
                answered=fault is None or fault.at != "DOT",
            )
        )
        await self.sink.hold()
        await self.connection.fault(recipient, "DOT")
        return f"250 2.0.0 Ok: queued as Q{len(self.sink.arrived)}"
