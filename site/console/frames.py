"""A mail shown inside a page, without any power over it."""

from __future__ import annotations

from django.http import HttpResponse

#: No scripts, no forms, nothing from outside, and no part in our origin.
POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'"
)


def framed(html: str) -> HttpResponse:
    """A page for a sandboxed frame of the console."""
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
