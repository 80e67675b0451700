"""Trouble that staff were told of, as banners: what, since when, and where to look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.announcements import places
from console.templatetags.console_components import thousands
from notifications.models import Incident, IncidentKind


@dataclass(frozen=True, slots=True)
class Banner:
    """One sentence on what is wrong, one on who knows, and the way there."""

    title: str
    told: str
    since: datetime
    url: str = ""
    label: str = ""


def banners(request: Any, incidents: Iterable[Incident]) -> list[Banner]:
    """These incidents for whoever looks, whose links they may open."""
    return [_banner(request, incident) for incident in incidents]


def _banner(request: Any, incident: Incident) -> Banner:
    if incident.kind == IncidentKind.STANDSTILL:
        return Banner(
            _("Nothing is being sent: work is due and nobody does it."),
            _("The one who runs Tocsin was told. Nothing is lost: it goes on later."),
            incident.opened_at,
            places.to(request, "delivery:engine"),
            _("To the engine"),
        )
    numbers = {
        "bad": thousands(incident.bad),
        "settled": thousands(incident.settled),
        "title": incident.dispatch,
    }
    if incident.dispatch is None:
        return Banner(
            _("Many messages fail: %(bad)s of the last %(settled)s.") % numbers,
            _told(incident),
            incident.opened_at,
            places.to(request, "delivery:live"),
            _("Look at what is going out"),
        )
    return Banner(
        _("“%(title)s”: %(bad)s of the last %(settled)s failed or are unknown.")
        % numbers,
        _told(incident),
        incident.opened_at,
        places.to(request, "announcements:live", incident.dispatch.uid),
        _("Look at it"),
    )


def _told(incident: Incident) -> str:
    n = incident.told
    if not n:
        return _("There is no approver or manager here who could be told.")
    return ngettext(
        "%(n)d approver or manager was told.",
        "%(n)d approvers and managers were told.",
        n,
    ) % {"n": n}
