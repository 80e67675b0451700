"""A provider's HTTP API on this machine, posing as Mailgun or as it is told."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

VARIABLE = re.compile(r"%recipient\.([^%]+)%")


@dataclass(frozen=True)
class Post:
    """One call of the API."""

    path: str
    body: str

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """Of a form, as Mailgun wants it."""
        return parse_qs(self.body, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def mailgun(self) -> dict[str, dict[str, str]]:
        """Address → the fields that Mailgun would make a mail of for this person."""
        given = json.loads(self.fields.get("recipient-variables", ["{}"])[0])
        common = {name: values[0] for name, values in self.fields.items()}
        common.pop("recipient-variables", None)
        found = {}
        for to in self.fields["to"]:
            own = given.get(bare(to), {})
            # Only a call with variables has anything filled.
            filled = {
                name: VARIABLE.sub(lambda at, own=own: str(own[at[1]]), value)
                if given
                else value
                for name, value in common.items()
            }
            # Without variables Mailgun shows everybody to everybody.
            shown = to if given else ", ".join(self.fields["to"])
            found[bare(to)] = filled | {"to": shown}
        return found


def bare(to: str) -> str:
    """The address out of a name with an address."""
    return to.rpartition("<")[2].rstrip(">")


def queued(post: Post) -> str:
    return json.dumps({"id": "<mg-1@provider>", "message": "Queued."})


@dataclass
class Provider:
    """Keeps what was posted. `refuse` says for which posts `status` is the answer."""

    answer: Callable[[Post], str] = queued
    status: int = 200
    refuse: Callable[[Post], bool] = lambda post: True
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    wait: threading.Event | None = None
    calls: list[Post] = field(default_factory=list)

    @property
    def posts(self) -> list[str]:
        return [call.body for call in self.calls]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                provider._serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.wait is not None:
            self.wait.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        post = Post(handler.path, handler.rfile.read(length).decode())
        self.calls.append(post)
        if self.wait is not None:
            self.wait.wait(20)
        if self.hang_up:
            handler.close_connection = True
            return
        refused = self.status != 200 and self.refuse(post)
        body = self.answer(post).encode()
        handler.send_response(self.status if refused else 200)
        for name, value in self.headers.items() if refused else ():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
