"""Who may open what under admin/announcements/."""

from __future__ import annotations

from console.access import Access, Route

AUDITOR, AUTHOR, APPROVER = Access.AUDITOR, Access.AUTHOR, Access.APPROVER

ROUTES = [
    Route("announcements:index", read=AUDITOR),
    Route("announcements:add", read=AUTHOR, write=AUTHOR),
    Route("announcements:edit", read=AUTHOR, write=AUTHOR),
    Route("announcements:reach", read=AUTHOR, write=AUTHOR),
    Route("announcements:reach_list", read=AUDITOR),
    Route("announcements:people", read=AUTHOR),
    Route("announcements:show", read=AUDITOR),
    Route("announcements:rendered", read=AUDITOR),
    Route("announcements:review", read=AUTHOR, write=AUTHOR),
    Route("announcements:copy", read=AUTHOR, write=AUTHOR),
    Route("announcements:unschedule", read=AUTHOR, write=AUTHOR),
    Route("announcements:cancel", read=AUTHOR, write=AUTHOR),
    Route("announcements:release", read=AUTHOR, write=AUTHOR),
    Route("announcements:take_off", read=AUTHOR, write=AUTHOR),
    Route("announcements:approve", read=APPROVER, write=APPROVER),
    Route("announcements:return", read=APPROVER, write=APPROVER),
    # A message under way, and what it became.
    Route("announcements:live", read=AUDITOR),
    Route("announcements:live_now", read=AUDITOR),
    Route("announcements:pause", read=AUTHOR, write=AUTHOR),
    Route("announcements:resume", read=AUTHOR, write=AUTHOR),
    Route("announcements:stop", read=AUTHOR, write=AUTHOR),
    Route("announcements:retry", read=AUTHOR, write=AUTHOR),
]
