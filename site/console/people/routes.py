"""Who may open what under admin/people/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, MANAGER = Access.AUDITOR, Access.MANAGER

ROUTES = [
    Route("people:index", read=AUDITOR),
    Route("people:export", read=AUDITOR, write=AUDITOR),
    Route("people:bulk", read=MANAGER, write=MANAGER),
    Route("people:add", read=MANAGER, write=MANAGER),
    Route("people:show", read=AUDITOR),
    Route("people:edit", read=MANAGER, write=MANAGER),
    Route("people:contact_add", read=MANAGER, write=MANAGER),
    Route("people:contact_remove", read=MANAGER, write=MANAGER),
    Route("people:archive", read=MANAGER, write=MANAGER),
    Route("people:restore", read=MANAGER, write=MANAGER),
]
