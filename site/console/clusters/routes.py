"""Who may open what under admin/clusters/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, MANAGER, PLATFORM = Access.AUDITOR, Access.MANAGER, Access.PLATFORM

ROUTES = [
    Route("clusters:index", read=PLATFORM),
    Route("clusters:create", read=PLATFORM, write=PLATFORM),
    Route("clusters:join", read=PLATFORM, write=PLATFORM),
    Route("clusters:engine", read=PLATFORM),
    Route("clusters:users", read=PLATFORM),
    Route("clusters:user_create", read=PLATFORM, write=PLATFORM),
    Route("clusters:user_deactivate", read=PLATFORM, write=PLATFORM),
    Route("clusters:user_activate", read=PLATFORM, write=PLATFORM),
    Route("clusters:user_welcome", read=PLATFORM, write=PLATFORM),
    Route("clusters:settings", read=AUDITOR, write=MANAGER),
    Route("clusters:zones", read=AUDITOR),
    Route("clusters:zone_add", read=MANAGER, write=MANAGER),
    Route("clusters:zone_edit", read=MANAGER, write=MANAGER),
    Route("clusters:zone_delete", read=MANAGER, write=MANAGER),
    Route("clusters:members", read=AUDITOR),
    Route("clusters:member_invite", read=MANAGER, write=MANAGER),
    Route("clusters:member_edit", read=MANAGER, write=MANAGER),
    Route("clusters:member_deactivate", read=MANAGER, write=MANAGER),
    Route("clusters:member_reactivate", read=MANAGER, write=MANAGER),
    Route("clusters:member_welcome", read=MANAGER, write=MANAGER),
    Route("clusters:leave", read=AUDITOR, write=AUDITOR),
    # Whoever holds the one-time link.
    Route("clusters:welcome", read=Access.PUBLIC, write=Access.PUBLIC),
]
