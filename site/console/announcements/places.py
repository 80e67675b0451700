"""Addresses of other areas, "" where they do not exist or may not be opened."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from console import areas


def to(request: Any, route: str, *args: Any, **query: Any) -> str:
    """The address of a route for whoever asks, with a query string."""
    if not areas.may(request, route):
        return ""
    try:
        url = reverse(route, args=args)
    except NoReverseMatch:
        return ""
    return f"{url}?{urlencode(query, doseq=True)}" if query else url
