"""Who may open what under admin/opt-outs/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, MANAGER = Access.AUDITOR, Access.MANAGER

ROUTES = [
    Route("opt_outs:index", read=AUDITOR),
    Route("opt_outs:export", read=AUDITOR, write=AUDITOR),
    Route("opt_outs:add", read=MANAGER, write=MANAGER),
    Route("opt_outs:show", read=AUDITOR),
    Route("opt_outs:lift", read=MANAGER, write=MANAGER),
]
