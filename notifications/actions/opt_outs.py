"""Refusals: putting them on record, what they take away at once, and lifting them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.audience.holding_on import Place, held, shared_by
from notifications.errors import NotAllowed, Refused
from notifications.models import (
    Addressee,
    Cluster,
    ContactPoint,
    NotificationLog,
    OptOut,
    OptOutAddress,
    OptOutSource,
    Recipient,
    Role,
    write_history,
)

from . import covered
from .crowds import because, chunks, in_the_name_of, locked, the_reason
from .guards import require_role

#: Addresses of a person, and whether others who have them are meant too.
Places = dict[Place, bool]
#: Refusals that people make themselves, and may take back themselves.
BY_THE_PERSON = frozenset({OptOutSource.LINK, OptOutSource.ONE_CLICK})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody does not want, and how we know; empty means all of them.

    ``shared``: also for others at the address that ``entry`` went to; without an
    entry, at every address of the person.
    """

    source: str
    channel: str = ""
    category: str = ""
    reason: str = ""
    evidence: str = ""
    expires_at: datetime | None = None
    shared: bool = False
    entry: NotificationLog | None = None


def opt_out(
    cluster: Cluster,
    recipient: Recipient,
    *,
    source: str,
    channel: str = "",
    category: str = "",
    reason: str = "",
    evidence: str = "",
    by: Any = None,
    entry: NotificationLog | None = None,
    expires_at: datetime | None = None,
    shared: bool = False,
) -> OptOut:
    """Put a person's refusal on record; the same one in force is given back.

    What waits for them and is covered becomes *skipped: opted out* in the same
    transaction, critical messages excepted.
    """
    wish = Wish(
        source,
        channel,
        category,
        reason,
        evidence,
        expires_at,
        shared,
        entry,
    )
    record_all(cluster, [recipient.pk], wish, by=by)
    places = _places(cluster, [recipient.pk], wish)
    found = _there(cluster, places, wish).get(recipient.pk)
    if found is None:
        raise Refused(_("This person is not in this cluster. Choose another."))
    return found


def record_all(
    cluster: Cluster, people: Iterable[int], wish: Wish, *, by: Any = None
) -> int:
    """Put the same refusal on record for many; how many had not made it yet."""
    _check(cluster, wish, by)
    new = 0
    with transaction.atomic(), in_the_name_of(by):
        wanted = set(people)
        everybody = wanted | _sharing(cluster, wanted, wish)
        for part in chunks(everybody):
            here = locked(cluster, part)
            asked = [person for person in here if person.pk in wanted]
            new += _record(cluster, asked, wish, by)
        covered.skip_refused(cluster, everybody, _why(wish))
    return new


def lift(refusal: OptOut, *, reason: str, by: Any = None) -> OptOut:
    """End a refusal, with the reason on record; what was skipped stays skipped.

    Without ``by`` it is the person: they may take back what they made themselves.
    """
    why = the_reason(reason)
    cluster = refusal.cluster
    if by is not None:
        require_role(by, cluster, Role.MANAGER)
    elif refusal.source not in BY_THE_PERSON:
        raise NotAllowed(_("Only staff may lift this. Ask the office."))
    with transaction.atomic(), in_the_name_of(by):
        row = (
            OptOut.objects.filter(cluster=cluster)
            .select_for_update(of=("self",))
            .get(pk=refusal.pk)
        )
        if row.lifted_at is None:
            row.lifted_at, row.lift_reason = timezone.now(), why
            because(row, f"Lifted: {why}")
            row.save(update_fields=["lifted_at", "lift_reason"])
    return row


def _check(cluster: Cluster, wish: Wish, by: Any) -> None:
    if by is not None:
        require_role(by, cluster, Role.MANAGER)
    elif wish.source == OptOutSource.STAFF:
        raise NotAllowed(_("A refusal by staff needs the name of who records it."))
    if wish.source == OptOutSource.STAFF:
        the_reason(wish.reason)
    if wish.expires_at is not None and wish.expires_at <= timezone.now():
        raise Refused(_("The end lies in the past. Choose a later day, or none."))


def _same(cluster: Cluster, wish: Wish) -> Any:
    """Refusals in force that say what this wish says, or promise it for longer."""
    rows = OptOut.objects.in_force().filter(
        cluster=cluster, channel=wish.channel, category=wish.category
    )
    if wish.expires_at is None:
        return rows.filter(expires_at=None)
    lasting = rows.filter(expires_at__gte=wish.expires_at)
    return lasting | rows.filter(expires_at=None)


def _sharing(cluster: Cluster, people: set[int], wish: Wish) -> set[int]:
    """Whoever else the refusal may take something from."""
    found: set[int] = set()
    for part in chunks(people):
        prints = {point.fingerprint for point in _points(cluster, part, wish)}
        prints |= {place.fingerprint for place in _of_entry(wish)}
        found |= covered.people_at(cluster, prints)
    return found


def _points(cluster: Cluster, people: Iterable[int], wish: Wish) -> Any:
    points = ContactPoint.objects.filter(cluster=cluster, recipient__in=list(people))
    return points.filter(channel=wish.channel) if wish.channel else points


def _of_entry(wish: Wish) -> list[Addressee]:
    """Where the message went that the refusal answers: maybe an address of old."""
    to = wish.entry.addressee if wish.entry else None
    return [to] if to and to.fingerprint and wish.channel in ("", to.channel) else []


def _places(cluster: Cluster, people: Iterable[int], wish: Wish) -> dict[int, Places]:
    """Every address that the refusal of each of these people is to hold on to."""
    spoke = [Place(to.channel, to.fingerprint) for to in _of_entry(wish)]
    found: dict[int, Places] = {
        key: dict.fromkeys(spoke, wish.shared) for key in people
    }
    for point in _points(cluster, found, wish):
        place = Place(point.channel, point.fingerprint)
        shared = wish.shared and wish.entry is None
        found[point.recipient_id].setdefault(place, shared)
    return found


def _there(
    cluster: Cluster, places: dict[int, Places], wish: Wish
) -> dict[int | None, OptOut]:
    """The refusals that say it already, for others at these addresses too."""
    same = list(_same(cluster, wish).filter(recipient__in=list(places)))
    shared = shared_by(same)
    return {
        row.recipient_id: row
        for row in same
        if _shared(places[row.recipient_id]) <= shared[row.pk]
    }


def _shared(places: Places) -> set[Place]:
    return {place for place, shared in places.items() if shared}


def _record(cluster: Cluster, people: list[Recipient], wish: Wish, by: Any) -> int:
    """The rows of one refusal each, with every address that the person has."""
    places = _places(cluster, [person.pk for person in people], wish)
    rows = _there(cluster, places, wish)
    new = [
        _row(cluster, person, wish, by) for person in people if person.pk not in rows
    ]
    made = OptOut.objects.bulk_create(new)
    write_history(made, reason=_why(wish), type="+")
    rows |= {row.recipient_id: row for row in made}
    OptOutAddress.objects.bulk_create(
        [
            held(rows[person.pk], person, place, shared=shared)
            for person in people
            for place, shared in places[person.pk].items()
        ],
        ignore_conflicts=True,
    )
    return len(made)


def _row(cluster: Cluster, person: Recipient, wish: Wish, by: Any) -> OptOut:
    return OptOut(
        cluster=cluster,
        recipient=person,
        channel=wish.channel,
        category=wish.category,
        source=wish.source,
        reason=" ".join(wish.reason.split())[:250],
        evidence=wish.evidence.strip(),
        source_entry=wish.entry,
        created_by=by,
        expires_at=wish.expires_at,
    )


def _why(wish: Wish) -> str:
    return f"Opted out: {wish.reason}" if wish.reason else "Opted out"
