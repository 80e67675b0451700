"""The incident report as a whole: the same for the screen, for a file and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.audience import Criteria, describe
from notifications.events import ChannelKind
from notifications.exporting import words
from notifications.exporting.parts import Cell, Document, Part, flat
from notifications.exporting.writers import Row
from notifications.models import Broadcast, Bypass, Export

from . import sections
from .rows import broadcast_of
from .story import story_of, versions_of


def parts_of(broadcast: Broadcast, *, names: bool = True) -> tuple[Part, ...]:
    """Everything that is known of it; ``names`` are those whom somebody looks for."""
    said = list(broadcast.dispatches.select_related("created_by").order_by("id"))
    return (
        _decided(broadcast),
        *sections.speed(broadcast),
        _timeline(broadcast),
        *_versions(broadcast),
        sections.messages(said),
        *sections.texts(said),
        sections.delivery(said),
        sections.zones(broadcast, said),
        sections.answers(broadcast),
        *([sections.missed(said), sections.in_need(broadcast)] if names else []),
    )


def kind_of(broadcast: Broadcast) -> str:
    """What this report is called."""
    return _("Drill report") if broadcast.is_drill else _("Incident report")


def facts_of(export: Export) -> Iterator[Row]:
    """The report as rows of a sheet; below them everybody has a row."""
    broadcast = broadcast_of(export)
    yield kind_of(broadcast), broadcast.title
    yield _("Asked for by"), str(export.requested_by or "")
    yield _("Asked for on"), words.moment(export.requested_at)
    yield from summary_of(broadcast)
    yield from flat(parts_of(broadcast, names=False))


def document_of(export: Export) -> Document:
    """The report to be printed."""
    broadcast = broadcast_of(export)
    cluster = broadcast.cluster
    return Document(
        title=broadcast.title,
        kind=kind_of(broadcast),
        owner=cluster.name,
        colour=cluster.colour,
        logo=_logo(cluster),
        language=translation.get_language() or "en",
        foot=_("Made for %(who)s on %(when)s, with Tocsin")
        % {
            "who": export.requested_by or _("Tocsin"),
            "when": words.clock(export.requested_at),
        },
        facts=tuple(summary_of(broadcast)),
        parts=parts_of(broadcast),
    )


def summary_of(broadcast: Broadcast) -> Iterator[tuple[str, str]]:
    """What it was, where and how bad, in a few labels and values."""
    criteria = Criteria.from_json(broadcast.audience)
    yield _("Kind"), _("Drill") if broadcast.is_drill else _("Emergency")
    yield _("Cluster"), str(broadcast.cluster)
    zone = {"zone": broadcast.cluster.time_zone}
    yield _("Times"), _("in the time zone %(zone)s") % zone
    if broadcast.origin:
        yield _("Raised by"), broadcast.origin
    yield _("State"), broadcast.get_status_display()
    yield _("Severity"), broadcast.get_severity_display()
    yield _("Urgency"), broadcast.get_urgency_display()
    yield _("Certainty"), broadcast.get_certainty_display()
    yield _("Where"), "; ".join(describe(broadcast.cluster, criteria))
    channels = [str(ChannelKind(each).label) for each in broadcast.channels]
    way = broadcast.get_channel_mode_display()
    yield _("Channels"), f"{', '.join(channels)} ({way})"
    yield _("Approved for"), _people(broadcast.expected_people)
    yield _("People when it went"), _people(broadcast.live_people)
    bypassed = Bypass.objects.filter(broadcast=broadcast).aggregate(
        most=Max("people"), in_quiet_hours=Max("in_quiet_hours")
    )
    yield _("Had opted out of it"), _people(bypassed["most"])
    if broadcast.cluster.quiet_hours is not None:
        yield _("Reached in quiet hours"), _people(bypassed["in_quiet_hours"])


def _people(count: int | None) -> str:
    return "" if count is None else str(count)


def _decided(broadcast: Broadcast) -> Part:
    """Who made, changed, submitted and approved it, and when."""
    alone = broadcast.approved_by_id and (
        broadcast.approved_by_id == broadcast.submitted_by_id
    )
    live = broadcast.live_at
    rows: list[tuple[str, Any, Cell]] = [
        (_("Begun"), broadcast.created_by or broadcast.origin, broadcast.created_at),
        (_("Last changed"), broadcast.last_edited_by, None),
        (_("Submitted"), broadcast.submitter, broadcast.submitted_at),
        (_("Sent alone") if alone else _("Approved"), broadcast.approved_by, live),
        (_("Live until"), "", None if broadcast.ended_at else broadcast.expires_at),
        (_("Stopped"), "", broadcast.stopped_at),
        (_("Ended"), "", broadcast.ended_at),
    ]
    if broadcast.broke_glass:
        why = broadcast.break_glass_reason
        rows.append((_("Sent without approval"), why, live))
        reviewed = broadcast.reviewed_at or _("Not yet")
        rows.append((_("Reviewed"), broadcast.reviewed_by, reviewed))
    return Part(
        _("Who decided"),
        tuple((what, str(who or ""), when) for what, who, when in rows if who or when),
        (_("What"), _("Who"), _("When")),
    )


def _timeline(broadcast: Broadcast) -> Part:
    steps = story_of(broadcast)
    return Part(
        _("What happened"),
        tuple((step.when, f"{step.who}: {step}") for step in steps),
    )


def _versions(broadcast: Broadcast) -> Iterator[Part]:
    for version in versions_of(broadcast):
        when = words.clock(version.when)
        heading = _("Version %(number)d: %(who)s, %(when)s") % {
            "number": version.number,
            "who": version.who,
            "when": when,
        }
        yield Part(heading, version.changes)


def _logo(cluster: Any) -> bytes | None:
    """The picture, where there is one and its file is still there."""
    if not cluster.logo:
        return None
    try:
        with cluster.logo.open("rb") as file:
            return bytes(file.read())
    except OSError:
        return None
