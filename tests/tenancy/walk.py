"""Knock at a route as somebody, with somebody's things, and hear what is said."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from console.access import Route
from console.areas import route_table

from .names import value_of
from .things import Things

METHODS = ("GET", "POST")


def routes() -> list[Route]:
    return list(route_table().values())


def arguments_of(name: str) -> tuple[str, ...]:
    """The names of what stands in the address of a route."""
    resolver: Any = get_resolver()
    *namespaces, last = name.split(":")
    for namespace in namespaces:
        resolver = resolver.namespace_dict[namespace][1]
    for possibilities, *_rest in resolver.reverse_dict.getlist(last):
        for _path, names in possibilities:
            return tuple(names)
    return ()


def address_of(route: Route, things: Things, slug: str | None = None) -> str:
    """The address of a route for these things, in the cluster of this short name."""
    names = arguments_of(route.name)
    kwargs = {name: value_of(route.name, name, things) for name in names}
    path = reverse(route.name, kwargs=kwargs or None)
    inside = slug is not None and path.startswith("/admin/")
    return f"/c/{slug}{path}" if inside else path


def names_things(route: Route, mine: Things, theirs: Things) -> bool:
    """Whether the address of this route differs between two clusters' things."""
    return address_of(route, mine) != address_of(route, theirs)


def knock(
    client: Client, address: str, method: str, data: dict[str, Any] | None = None
) -> Any:
    """One request, whose changes are taken back; a crash is a 500, not an error."""
    client.raise_request_exception = False
    cookies = copy(client.cookies)
    ask = client.get if method == "GET" else client.post
    with transaction.atomic():
        # Who says no says it in JSON: a walk of thousands need not draw the frame.
        answer = ask(address, data or {}, headers={"accept": "application/json"})
        transaction.set_rollback(True)
    # Signing out was taken back as well.
    client.cookies = cookies
    return answer


def words_of(answer: Any) -> str:
    """All that an answer says: headers and body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.streaming:
        _close(answer)
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{head}\n{body.decode('utf-8', 'replace')}"


def _close(answer: Any) -> None:
    """Let go of the file, but not of the connection that the test is in."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def patterns(
    resolver: Any = None, before: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """Every named pattern there is: its full name, and its whole regex."""
    for pattern in (resolver or get_resolver()).url_patterns:
        regex = before + pattern.pattern.regex.pattern.lstrip("^").removesuffix(r"\Z")
        if isinstance(pattern, URLResolver):
            inside = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from patterns(pattern, regex, f"{namespace}{inside}")
        elif pattern.name:
            yield f"{namespace}{pattern.name}", regex
