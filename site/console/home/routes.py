"""Who may open what under admin/home/."""

from __future__ import annotations

from console.access import Access, Route

ROUTES = [
    Route("home:now", read=Access.AUDITOR),
    Route("home:troubles", read=Access.AUDITOR),
    Route("home:help", read=Access.SIGNED_IN),
]
