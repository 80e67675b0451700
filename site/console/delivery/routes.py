"""Who may open what under admin/delivery/."""

from __future__ import annotations

from console.access import Access, Route

ROUTES: list[Route] = [
    Route("delivery:live", read=Access.AUDITOR),
    # A POST asks for the list as a file.
    Route("delivery:log", read=Access.AUDITOR, write=Access.AUDITOR),
    Route("delivery:entry", read=Access.AUDITOR),
    Route("delivery:entry_html", read=Access.AUDITOR),
    Route("delivery:unknown", read=Access.AUDITOR, write=Access.AUTHOR),
    Route("delivery:engine", read=Access.MANAGER),
    Route("delivery:outbox", read=Access.AUDITOR),
    Route("delivery:outbox_mail", read=Access.AUDITOR),
    Route("delivery:outbox_html", read=Access.AUDITOR),
]
