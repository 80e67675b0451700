"""Which rows somebody looks at: the same filter for a list and for its export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_date

from notifications import fingerprints
from notifications.models import (
    Addressee,
    Cluster,
    ContactPoint,
    Dispatch,
    DispatchContent,
    NotificationLog,
    OptOut,
    Recipient,
    Zone,
)

NOWHERE = "nowhere"

FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 29)


class _Stored:
    """A filter that can be kept as JSON with the export that it made."""

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read it back. A name that is not known is a mistake, never ignored."""
        tuples = {f.name for f in fields(cls) if "tuple" in str(f.type)}  # type: ignore[arg-type]
        return cls(
            **{
                name: tuple(value) if name in tuples else value
                for name, value in stored.items()
            }
        )

    def stored(self) -> dict[str, Any]:
        """Only what narrows anything, ready for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()  # type: ignore[call-overload]
            if value not in (None, "", (), False)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter(_Stored):
    """Entries of the log. Dates are days in the cluster's time zone, both included.

    ``zone`` is where people live now, without the zones below it: so the numbers of a
    report open exactly the entries that they count.
    """

    dispatch: int | None = None
    recipient: int | None = None
    zone: int | None = None
    without_zone: bool = False
    event: str = ""
    channel: str = ""
    status: tuple[str, ...] = ()
    reason: str = ""
    since: str = ""
    until: str = ""
    person: str = ""

    def entries(self, cluster: Cluster) -> QuerySet[NotificationLog]:
        """The entries of this cluster that it picks, in no order yet."""
        found = NotificationLog.objects.filter(self.rows(cluster), cluster=cluster)
        if self.dispatch:
            found = found.filter(dispatch_id=self.dispatch)
        return found.filter(dispatch__event=self.event) if self.event else found

    def rows(self, cluster: Cluster) -> Q:
        """What must be true of an entry itself, but for its message."""
        given = {
            "recipient_id": self.recipient,
            "recipient__zone": self.zone,
            "channel": self.channel,
            "reason": self.reason,
        }
        found = Q(**{name: value for name, value in given.items() if value})
        if self.status:
            found &= Q(status__in=self.status)
        if self.without_zone:
            found &= Q(recipient__zone=None)
        if self.person.strip():
            found &= _is_about(self.person)
        start, end = self._days(cluster)
        if start:
            found &= Q(planned_at__gte=start)
        return found & Q(planned_at__lt=end) if end else found

    def messages(self, cluster: Cluster) -> QuerySet[Dispatch]:
        """The messages that its entries can be of; there may be others among them."""
        found: QuerySet[Dispatch] = Dispatch.objects.filter(cluster=cluster)
        if self.dispatch:
            found = found.filter(pk=self.dispatch)
        if self.event:
            found = found.filter(event=self.event)
        if self.channel:
            said = DispatchContent._base_manager.filter(channel=self.channel)
            found = found.filter(Exists(said.filter(dispatch=OuterRef("pk"))))
        start, end = self._days(cluster)
        if start:
            over = Q(fanned_out_at=None, finished_at__lt=start)
            found = found.exclude(over | Q(fanned_out_at__lt=start))
        return found.filter(created_at__lt=end) if end else found

    @property
    def is_about_messages(self) -> bool:
        """Whether it asks for some messages rather than others."""
        given = self.dispatch, self.event, self.channel, self.since, self.until
        return any(given)

    def _days(self, cluster: Cluster) -> tuple[datetime | None, datetime | None]:
        """From when on, and until before when."""
        zone = ZoneInfo(cluster.time_zone)
        since, until = _day(self.since), _day(self.until)
        after = until + timedelta(days=1) if until else None
        return (
            datetime.combine(since, time.min, zone) if since else None,
            datetime.combine(after, time.min, zone) if after else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter(_Stored):
    """People of a cluster; ``reachable`` is a channel, or ``NOWHERE``."""

    q: str = ""
    zone: int | None = None
    tag: int | None = None
    language: str = ""
    reachable: str = ""
    opted_out: bool = False
    archived: bool = False
    staff: bool = False
    ids: tuple[int, ...] = ()

    def people(self, cluster: Cluster) -> QuerySet[Recipient]:
        """The people of this cluster that it picks, in no order yet."""
        found: QuerySet[Recipient] = Recipient.objects.filter(
            cluster=cluster, archived_at__isnull=not self.archived
        )
        if self.ids:
            found = found.filter(pk__in=self.ids)
        elif not self.staff:
            found = found.filter(for_staff=False)
        if self.zone:
            found = found.filter(zone__in=_with_all_below(self.zone))
        if self.tag:
            found = found.filter(tags=self.tag)
        if self.language:
            # Who has no language of their own reads the cluster's.
            same = {self.language}
            same |= {""} if self.language == cluster.language else set()
            found = found.filter(language__in=same)
        if self.reachable:
            found = found.filter(_is_reachable(self.reachable))
        if self.opted_out:
            found = found.filter(Exists(_refusals().filter(recipient=OuterRef("pk"))))
        for word in fingerprints.name_key(self.q).split():
            found = found.filter(_has(word))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutFilter(_Stored):
    """Opt-outs of a cluster; without ``lifted`` only those in force."""

    q: str = ""
    channel: str = ""
    category: str = ""
    source: str = ""
    lifted: bool = False

    def opt_outs(self, cluster: Cluster) -> QuerySet[OptOut]:
        """The opt-outs of this cluster that it picks, in no order yet."""
        found: QuerySet[OptOut] = OptOut.objects.filter(cluster=cluster)
        if not self.lifted:
            found = found.filter(pk__in=_refusals())
        given = {
            "channel": self.channel,
            "category": self.category,
            "source": self.source,
        }
        found = found.filter(**{name: value for name, value in given.items() if value})
        for word in fingerprints.name_key(self.q).split():
            found = found.filter(recipient__in=Recipient.objects.filter(_has(word)))
        return found


def _day(text: str) -> date | None:
    try:
        day = parse_date(text) if text else None
    except ValueError:
        return None
    # The first and the last days there are cannot be told in every time zone.
    return min(max(day, FIRST_DAY), LAST_DAY) if day else None


def _with_all_below(zone: int) -> QuerySet[Zone]:
    top = Zone.objects.filter(pk=zone).values_list("path", flat=True).first()
    # A zone that is gone, or somebody else's, holds nobody.
    return Zone.objects.filter(path__startswith=top) if top else Zone.objects.none()


def _refusals() -> QuerySet[OptOut]:
    found: QuerySet[OptOut] = OptOut.objects.in_force()
    return found


def _is_about(person: str) -> Q:
    """Entries of people who are called so now, or were when it was sent."""
    people, addressees = about(person)
    return Q(recipient__in=people) | Q(addressee__in=addressees)


def about(person: str) -> tuple[QuerySet[Recipient], QuerySet[Addressee]]:
    """People who are called so now, and who was when something was sent to them."""
    people, addressees = Recipient.objects.all(), Addressee.objects.all()
    for word in person.split():
        people = people.filter(name_key__contains=fingerprints.name_key(word))
        addressees = addressees.filter(
            Q(name__icontains=word)
            | Q(unit__icontains=word)
            | Q(address__icontains=word)
        )
    return people, addressees


def _has(word: str) -> Q:
    """A name, unit, external id or address with this word in it.

    Each is looked for in one narrow index, from end to end: asked of every person in
    turn it takes ten times as long.
    """
    people = Recipient.objects.filter(
        Q(name_key__contains=word)
        | Q(unit__icontains=word)
        | Q(external_id__icontains=word)
    )
    points = ContactPoint.objects.filter(value__icontains=word)
    found = people.order_by().values("pk")
    return Q(pk__in=found.union(points.order_by().values("recipient"), all=True))


def _is_reachable(channel: str) -> Q:
    points = ContactPoint.objects.filter(recipient=OuterRef("pk"), active=True)
    if channel == NOWHERE:
        return ~Q(Exists(points))
    return Q(Exists(points.filter(channel=channel)))
