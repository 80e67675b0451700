"""A browser's end of a socket, and a database that stands as a test says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from console.asgi import application
from console.live import sockets, tailing

ORIGIN = "http://testserver"
#: Long enough for a busy machine; nothing waits for it when all is well.
PATIENCE = 30


@pytest.fixture
def still(monkeypatch) -> SimpleNamespace:
    """The database as a test says: ``still.version`` is that of every topic."""
    stands = SimpleNamespace(version="one", tailer=tailing.Tailer())

    def look(topics, last):
        return tailing.Stand(None, dict.fromkeys(topics, stands.version))

    monkeypatch.setattr(sockets, "tailer", stands.tailer)
    monkeypatch.setattr(tailing, "look", look)
    monkeypatch.setattr(tailing, "REST", 0.01)
    monkeypatch.setattr(tailing, "TICK", 0.01)
    return stands


class Socket(ApplicationCommunicator):
    """A browser's end of a socket, as the server speaks to it."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        super().__init__(
            application, {"type": "websocket", "path": path, "headers": headers}
        )

    async def connect(self) -> bool:
        """Whether it was let in."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.hear()
        assert answer["type"] in ("websocket.accept", "websocket.close")
        return bool(answer["type"] == "websocket.accept")

    async def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = await self.receive_output(PATIENCE)
        return heard

    async def told(self) -> str:
        """What it is told next."""
        return str((await self.hear())["text"])

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE)


def board_of(live: Any, slug: str = "riverside", world: str = "emergencies") -> str:
    return f"/c/{slug}/admin/{world}/{live.uid}/now/"


def socket(user: Any, path: str, origin: str | None = ORIGIN) -> Socket:
    """What a browser in which somebody is signed in would open."""
    headers = [(b"host", b"testserver")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if user is not None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = f"other=1; {settings.SESSION_COOKIE_NAME}={session}"
        headers.append((b"cookie", cookies.encode()))
    return Socket(path, headers)


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    """On a loop of its own, with the database in the thread of the test."""
    return async_to_sync(scenario)()


def let_in(user: Any, path: str, origin: str | None = ORIGIN) -> bool:
    """Whether whoever is signed in may open a socket there."""
    asked = socket(user, path, origin)

    async def scenario():
        answer = await asked.connect()
        await asked.leave()
        return answer

    return bool(run(scenario))
