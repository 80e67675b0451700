"""The areas of the console, and the one table of all declared routes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLResolver, include, path

from .access import Access, Route, reaches
from .routes import ROUTES

#: Each is a package ``console.<area>`` with ``urls`` and ``routes``.
AREAS = (
    "home",
    "clusters",
    "people",
    "imports",
    "opt_outs",
    "messages",
    "announcements",
    "emergencies",
    "drills",
    "delivery",
    "exports",
)


def area_urls() -> list[URLResolver]:
    """The addresses of all areas: ``admin/<area>/``, hyphens for underscores."""
    return [
        path(f"admin/{area.replace('_', '-')}/", include(f"console.{area}.urls"))
        for area in AREAS
    ]


@cache
def route_table() -> Mapping[str, Route]:
    """Every declared route by its name; what is not in here answers 404."""
    table: dict[str, Route] = {}
    declared = [ROUTES]
    declared += [import_module(f"console.{area}.routes").ROUTES for area in AREAS]
    for route in (route for routes in declared for route in routes):
        if route.name in table:
            raise ImproperlyConfigured(f"The route {route.name} is declared twice.")
        table[route.name] = route
    return MappingProxyType(table)


def may(request: Any, name: str, method: str = "GET") -> bool:
    """Whether whoever sent this request could use that route with that method."""
    route = route_table().get(name)
    needed: Access | None = route.needed(method) if route else None
    return needed is not None and reaches(
        needed,
        user=getattr(request, "user", None),
        role=getattr(request, "role", None),
    )
