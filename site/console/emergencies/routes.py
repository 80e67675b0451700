"""Who may open what under admin/emergencies/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, AUTHOR = Access.AUDITOR, Access.AUTHOR
APPROVER, MANAGER = Access.APPROVER, Access.MANAGER

#: What drills have as well.
SHARED = [
    Route("emergencies:index", read=AUDITOR),
    Route("emergencies:raise", read=AUTHOR, write=AUTHOR),
    Route("emergencies:show", read=AUDITOR),
    Route("emergencies:now", read=AUDITOR),
    Route("emergencies:review", read=AUTHOR, write=AUTHOR),
    # A POST submits it, and what was raised with it, where its member may.
    Route("emergencies:together", read=AUDITOR, write=AUTHOR),
    Route("emergencies:together_now", read=AUDITOR),
    Route("emergencies:together_step", read=AUTHOR, write=AUTHOR),
    Route("emergencies:approve", read=APPROVER, write=APPROVER),
    Route("emergencies:return", read=APPROVER, write=APPROVER),
    Route("emergencies:reject", read=APPROVER, write=APPROVER),
    Route("emergencies:take_back", read=AUTHOR, write=AUTHOR),
    Route("emergencies:cancel", read=AUTHOR, write=AUTHOR),
    Route("emergencies:break_glass", read=AUTHOR, write=AUTHOR),
    Route("emergencies:looked_at", read=APPROVER, write=APPROVER),
    # Also for whoever sent it alone: the actions see to that.
    Route("emergencies:stop", read=AUTHOR, write=AUTHOR),
    Route("emergencies:follow_up", read=AUTHOR, write=AUTHOR),
    # A POST asks for the incident report as a file.
    Route("emergencies:report", read=AUDITOR, write=AUDITOR),
    Route("emergencies:muster", read=AUDITOR),
    Route("emergencies:muster_now", read=AUDITOR),
    Route("emergencies:doors", read=AUDITOR),
    Route("emergencies:mark", read=AUTHOR, write=AUTHOR),
]

ROUTES = [
    *SHARED,
    Route("emergencies:scenarios", read=AUDITOR),
    Route("emergencies:scenario", read=AUDITOR, write=MANAGER),
    # Alerts of others: which feeds are asked, and what came of them.
    Route("emergencies:feeds", read=MANAGER),
    Route("emergencies:feed_add", read=MANAGER, write=MANAGER),
    Route("emergencies:feed", read=MANAGER, write=MANAGER),
    Route("emergencies:feed_switch", read=MANAGER, write=MANAGER),
]
