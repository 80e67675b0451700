"""The people that criteria mean, as one queryset."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.events import ChannelMode
from notifications.lifecycle import REACHED, WAITING, EntryReason, EntryStatus
from notifications.models import (
    Answer,
    Broadcast,
    Cluster,
    Dispatch,
    NotificationLog,
    PersonalContact,
    Recipient,
    Zone,
)

from .criteria import Criteria

#: They have it, may have it, or will: trying again could make a double.
COMES_OR_CAME = Q(
    status__in=WAITING | REACHED | {EntryStatus.SENDING, EntryStatus.UNKNOWN}
) | Q(reason=EntryReason.CLOSED)

#: It is under way or arrived, or an attempt of it may have.
HAS_OR_MAY_HAVE = Q(
    status__in=REACHED | {EntryStatus.SENDING, EntryStatus.UNKNOWN}
) | Q(reason__in=(EntryReason.CLOSED, EntryReason.DOUBT))


def people(
    cluster: Cluster, criteria: Criteria, channel: str = ""
) -> QuerySet[Recipient]:
    """Everybody in the audience; those who have left are in no audience.

    ``channel`` matters to ``failed_of`` and ``reached_of``: who failed, or was reached,
    on that channel.
    """
    present = Recipient.objects.filter(cluster_id=cluster.pk, archived_at=None)
    if criteria.is_empty:
        return present.none()
    if criteria.part_of is not None:
        present = present.filter(pk__in=_taking_part(cluster, criteria.part_of))
    if criteria.contacts:
        named = _named(cluster, criteria, channel)
        return present.filter(Exists(named), for_staff=False)
    if not criteria.only_recipients:
        present = present.filter(for_staff=False)
    return present.filter(_chosen(cluster, criteria, channel)).exclude(
        _excluded(cluster, criteria)
    )


def _taking_part(cluster: Cluster, drill_id: int) -> QuerySet[Any]:
    """The keys of those whom a drill was meant for from the start."""
    drill = Broadcast.objects.get(cluster_id=cluster.pk, pk=drill_id)
    meant = people(cluster, Criteria.from_json(drill.audience))
    return meant.order_by().values("pk")


def _named(
    cluster: Cluster, criteria: Criteria, channel: str
) -> QuerySet[PersonalContact]:
    """Whether somebody who is meant names this person as such a contact."""
    asked = people(cluster, replace(criteria, contacts="", part_of=None), channel)
    return PersonalContact.objects.filter(
        cluster_id=cluster.pk,
        kind=criteria.contacts,
        contact=OuterRef("pk"),
        recipient__in=asked.order_by().values("pk"),
    )


def _chosen(cluster: Cluster, criteria: Criteria, channel: str) -> Q:
    chosen = Q()
    if not criteria.everyone:
        if criteria.zones:
            chosen &= Q(zone__in=_zones(cluster, criteria.zones))
        if criteria.tags:
            chosen &= Q(_tagged(criteria.tags))
        if criteria.languages:
            chosen &= _speaking(cluster, criteria.languages)
    if criteria.failed_of is not None:
        chosen &= Q(_failed(cluster, criteria.failed_of, channel))
    if criteria.reached_of is not None:
        chosen &= Q(_reached(cluster, criteria.reached_of, channel))
    if criteria.silent_in is not None:
        answers = Answer.objects.filter(
            cluster_id=cluster.pk,
            broadcast=criteria.silent_in,
            recipient=OuterRef("pk"),
        )
        chosen &= ~Q(Exists(answers))
    if criteria.not_told_in:
        chosen &= ~Q(_told(cluster, criteria.not_told_in, channel))
    if criteria.only_recipients:
        chosen &= Q(pk__in=criteria.only_recipients)
    return chosen


def _excluded(cluster: Cluster, criteria: Criteria) -> Q:
    excluded = Q(pk__in=criteria.exclude_recipients)
    if criteria.exclude_zones:
        zones = _zones(cluster, criteria.exclude_zones)
        excluded |= Q(zone__isnull=False, zone__in=zones)
    if criteria.exclude_tags:
        excluded |= Q(_tagged(criteria.exclude_tags))
    return excluded


def _zones(cluster: Cluster, ids: tuple[int, ...]) -> QuerySet[Zone]:
    """These zones with all below them."""
    own = Zone.objects.filter(cluster_id=cluster.pk)
    paths = own.filter(pk__in=ids).values_list("path", flat=True)
    below = [Q(path__startswith=path) for path in paths]
    return own.filter(reduce(or_, below)) if below else own.none()


def _tagged(ids: tuple[int, ...]) -> Exists:
    tagging = Recipient.tags.through._default_manager
    return Exists(tagging.filter(recipient_id=OuterRef("pk"), tag_id__in=ids))


def _speaking(cluster: Cluster, languages: tuple[str, ...]) -> Q:
    """Who has no language of their own has the cluster's."""
    speaking = Q(language__in=languages)
    if cluster.language in languages:
        speaking |= Q(language="")
    return speaking


def _reached(cluster: Cluster, broadcast_id: int, channel: str) -> Exists:
    """Who has something of a broadcast, or may have: they must hear how it goes on."""
    said = Dispatch.objects.filter(cluster_id=cluster.pk, broadcast=broadcast_id)
    # Unscoped: naming the cluster too leads SQLite to the index of all its log.
    reached = NotificationLog._base_manager.filter(
        HAS_OR_MAY_HAVE, dispatch__in=said.values("pk"), recipient_id=OuterRef("pk")
    )
    return Exists(reached.filter(channel=channel) if channel else reached)


def _told(cluster: Cluster, dispatches: tuple[int, ...], channel: str) -> Exists:
    """Who is written down there, or could not have it on this channel."""
    said = Dispatch.objects.filter(cluster_id=cluster.pk, pk__in=dispatches)
    # Unscoped, as above.
    written = NotificationLog._base_manager.filter(
        ~Q(status=EntryStatus.SKIPPED) | Q(channel=channel),
        dispatch__in=said.values("pk"),
        recipient_id=OuterRef("pk"),
    )
    return Exists(written)


def _failed(cluster: Cluster, dispatch_id: int, channel: str) -> Exists:
    """Who failed here, and neither has it nor waits for it from a later try."""
    dispatch = Dispatch.objects.get(cluster_id=cluster.pk, pk=dispatch_id)
    family = dispatch.family()
    later = [key for key in family if key > dispatch_id]
    tried_again = NotificationLog.objects.filter(
        COMES_OR_CAME,
        dispatch_id__in=later,
        recipient_id=OuterRef("recipient_id"),
        channel=OuterRef("channel"),
    )
    failed = NotificationLog.objects.filter(
        ~Exists(tried_again),
        cluster_id=cluster.pk,
        dispatch_id=dispatch_id,
        recipient_id=OuterRef("pk"),
        status=EntryStatus.FAILED,
    ).exclude(reason=EntryReason.CLOSED)
    if dispatch.channel_mode == ChannelMode.FIRST:
        # Where one channel is enough, who has it on another lacks nothing.
        anywhere = NotificationLog.objects.filter(
            COMES_OR_CAME,
            dispatch_id__in=family,
            recipient_id=OuterRef("recipient_id"),
        )
        failed = failed.filter(~Exists(anywhere))
    return Exists(failed.filter(channel=channel) if channel else failed)
