"""Who may open what under admin/drills/: as with emergencies, and those planned."""

from __future__ import annotations

from console.access import Access, Route
from console.emergencies import routes

AUDITOR, AUTHOR = Access.AUDITOR, Access.AUTHOR

ROUTES = [
    *(
        Route(each.name.replace("emergencies:", "drills:"), each.read, each.write)
        for each in routes.SHARED
    ),
    Route("drills:plans", read=AUDITOR),
    Route("drills:plan_add", read=AUTHOR, write=AUTHOR),
    Route("drills:plan", read=AUDITOR),
    Route("drills:plan_edit", read=AUTHOR, write=AUTHOR),
    Route("drills:plan_pause", read=AUTHOR, write=AUTHOR),
    Route("drills:plan_resume", read=AUTHOR, write=AUTHOR),
    Route("drills:plan_stop", read=AUTHOR, write=AUTHOR),
]
