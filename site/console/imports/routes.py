"""Who may open what under admin/imports/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, MANAGER = Access.AUDITOR, Access.MANAGER

ROUTES = [
    Route("imports:index", read=AUDITOR),
    Route("imports:sample", read=AUDITOR),
    Route("imports:upload", read=MANAGER, write=MANAGER),
    Route("imports:show", read=AUDITOR),
    Route("imports:now", read=AUDITOR),
    Route("imports:contents", read=MANAGER, write=MANAGER),
    Route("imports:columns", read=MANAGER, write=MANAGER),
    Route("imports:rehearsal", read=AUDITOR, write=MANAGER),
    Route("imports:commit", read=MANAGER, write=MANAGER),
    Route("imports:cancel", read=MANAGER, write=MANAGER),
    Route("imports:bad_rows", read=AUDITOR),
]
