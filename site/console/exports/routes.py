"""Who may open what under admin/exports/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR = Access.AUDITOR

ROUTES: list[Route] = [
    Route("exports:index", read=AUDITOR),
    Route("exports:rows", read=AUDITOR),
    Route("exports:download", read=AUDITOR),
    Route("exports:again", read=AUDITOR, write=AUDITOR),
    Route("exports:reports", read=AUDITOR),
    # A POST asks for the report as a file.
    Route("exports:report", read=AUDITOR, write=AUDITOR),
]
