"""Who may open what under admin/drills/: as with emergencies."""

from __future__ import annotations

from console.access import Route
from console.emergencies import routes

ROUTES = [
    Route(each.name.replace("emergencies:", "drills:"), each.read, each.write)
    for each in routes.SHARED
]
