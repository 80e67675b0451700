"""The socket of a live part: at the same address, for the same people, told no more."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from channels.db import database_sync_to_async
from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error
from django.http import Http404, parse_cookie
from django.urls import Resolver404, resolve

from console import areas
from console.middleware import IN_CLUSTER, identify
from notifications import scope as scopes

from .tailing import Follower, tailer
from .topics import FOLLOWED, Topic

#: Seconds until it is asked again whether whoever follows still may.
ASK_AGAIN = 10.0
#: RFC 6455: whoever is there may not, or not do that.
POLICY = 1008


def followed_by(scope: Any) -> Topic | None:
    """What may be followed at this address, from this page, by who is signed in.

    None for whatever is wrong. The rules are those of fetching the part itself, and
    are asked of the database anew each time.
    """
    headers = dict(scope["headers"])
    found = IN_CLUSTER.match(scope["path"])
    if found is None or not _from_our_own_page(headers):
        return None
    try:
        match = resolve(found["rest"])
    except Resolver404:
        return None
    request: Any = SimpleNamespace(
        session=_session(headers), cluster_slug=found["slug"], resolver_match=match
    )
    request.user = get_user(request)
    identify(request)
    if match.view_name not in FOLLOWED or not areas.may(request, match.view_name):
        return None
    with scopes.clusters(request.cluster.pk), suppress(Http404):
        return FOLLOWED[match.view_name](request, **match.kwargs)
    return None


def _from_our_own_page(headers: dict[bytes, bytes]) -> bool:
    """Browsers let any page open a socket to anywhere, and say which page it was."""
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    return origin in (f"http://{host}", f"https://{host}", settings.BASE_URL)


def _session(headers: dict[bytes, bytes]) -> Any:
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return store(cookies.get(settings.SESSION_COOKIE_NAME))


class LivePart(AsyncWebsocketConsumer):
    """Says which version there is to fetch, and listens to nothing."""

    follower: Follower | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.follower is not None:
                tailer.leave(self.follower)
                self.telling.cancel()

    async def connect(self) -> None:
        topic = await self._followed()
        if topic is None or tailer.full:
            raise DenyConnection
        await self.accept()
        self.follower = tailer.join(topic)
        self.telling = asyncio.create_task(self._tell(self.follower))

    async def receive(self, *args: Any, **kwargs: Any) -> None:
        await self.close(POLICY)

    async def _followed(self) -> Topic | None:
        # Whoever cannot be checked is let go, and comes again.
        with suppress(Error):
            return await database_sync_to_async(followed_by)(self.scope)
        return None

    async def _tell(self, follower: Follower) -> None:
        clock = asyncio.get_running_loop().time
        may = True
        # Whoever has gone meanwhile cannot be told.
        with suppress(OSError):
            while may:
                ask_again = clock() + ASK_AGAIN
                while (left := ask_again - clock()) > 0:
                    if await follower.moved(left):
                        topic, version = follower.topic.kind, follower.version
                        said = {"topic": topic, "version": version}
                        await self.send(json.dumps(said))
                may = await self._followed() is not None
            await self.close(POLICY)
