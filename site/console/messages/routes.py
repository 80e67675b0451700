"""Who may open what under admin/messages/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, AUTHOR = Access.AUDITOR, Access.AUTHOR

ROUTES = [
    Route("messages:index", read=AUDITOR),
    Route("messages:show", read=AUDITOR),
    Route("messages:rendered", read=AUDITOR),
    Route("messages:versions", read=AUDITOR),
    Route("messages:version", read=AUDITOR),
    Route("messages:compare", read=AUDITOR),
    Route("messages:people", read=AUDITOR),
    Route("messages:add", read=AUTHOR, write=AUTHOR),
    Route("messages:edit", read=AUTHOR, write=AUTHOR),
    Route("messages:preview", read=AUTHOR, write=AUTHOR),
    Route("messages:copy", read=AUTHOR, write=AUTHOR),
    Route("messages:archive", read=AUTHOR, write=AUTHOR),
    Route("messages:restore", read=AUTHOR, write=AUTHOR),
    Route("messages:restore_version", read=AUTHOR, write=AUTHOR),
]
