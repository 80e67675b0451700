"""New and changed people into the database, in bulk, each with its history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from notifications.audience.holding_on import hold_on
from notifications.fingerprints import of_address
from notifications.importing.addresses import Move
from notifications.importing.inserting import insert
from notifications.importing.outcomes import RESTORED, Change
from notifications.importing.refusals import carry_over
from notifications.models import Cluster, ContactPoint, Recipient
from notifications.models.setwise import record_history

#: How history names a field, where it is called otherwise.
_WORDS: Final = {"first_name": "first name", "external_id": "external id"}
_WRITTEN: Final = (
    "name",
    "first_name",
    "name_key",
    "fingerprint",
    "unit",
    "zone",
    "language",
    "external_id",
    "archived_at",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written for one person; without changes, somebody new."""

    person: Recipient
    new_points: tuple[tuple[str, str], ...] = ()
    moves: tuple[Move, ...] = ()
    tags: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()


def write_new(cluster: Cluster, plans: Sequence[Plan], reason: str) -> None:
    """People who were not here before, with their addresses and tags."""
    people = _derived(plans)
    insert(Recipient, [vars(person) for person in people])
    keys = dict(
        Recipient.objects.filter(uid__in=[p.uid for p in people]).values_list(
            "uid", "pk"
        )
    )
    for person in people:
        person.pk = keys[person.uid]
    insert(
        ContactPoint,
        [
            {
                "cluster_id": cluster.pk,
                "recipient_id": plan.person.pk,
                "channel": str(channel),
                "value": value,
                "fingerprint": of_address(channel, value),
            }
            for plan in plans
            for channel, value in plan.new_points
        ],
    )
    _tag(plans)
    record_history(_those(people), reason=f"Added: {reason}", type="+")
    points = ContactPoint.objects.filter(recipient__in=list(keys.values()))
    record_history(points, reason=f"Address added: {reason}", type="+")
    carry_over(cluster, people)


def write_changed(cluster: Cluster, plans: Sequence[Plan], reason: str) -> None:
    """People who are here already; each says in its history what changed and why."""
    people = _derived(plans)
    # One statement for many rows, where bulk_update takes a CASE for every value:
    # nobody is inserted, for the rows are locked.
    Recipient.objects.bulk_create(
        people,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=list(_WRITTEN),
    )
    _tag(plans)
    _move_addresses(cluster, plans, reason)
    hold_on(cluster, [plan.person for plan in plans if _is_known_otherwise(plan)])
    by_words: dict[str, list[Recipient]] = defaultdict(list)
    for plan in plans:
        by_words[_words(plan.changes)].append(plan.person)
    for words, some in by_words.items():
        _record(some, f"{words}: {reason}", "~")


def _derived(plans: Sequence[Plan]) -> list[Recipient]:
    for plan in plans:
        plan.person.derive()
    return [plan.person for plan in plans]


def _move_addresses(cluster: Cluster, plans: Sequence[Plan], reason: str) -> None:
    moves = [(plan.person, move) for plan in plans for move in plan.moves]
    down = [point for _person, move in moves for point in move.down]
    up = [move.up for _person, move in moves if not move.is_new]
    # First down, then up: a channel never has two main addresses.
    _set_primary(down, False, f"No longer the main address: {reason}")
    _set_primary(up, True, f"Main address: {reason}")
    new = ContactPoint.objects.bulk_create(
        [_point(cluster, person, move.up) for person, move in moves if move.is_new]
    )
    _record(new, f"Address added: {reason}", "+")


def _is_known_otherwise(plan: Plan) -> bool:
    return bool(plan.moves) or any(change.field == "name" for change in plan.changes)


def _set_primary(points: list[ContactPoint], primary: bool, why: str) -> None:
    if points:
        keys = [point.pk for point in points]
        ContactPoint.objects.filter(pk__in=keys).update(primary=primary)
        _record(points, why, "~")


def _point(cluster: Cluster, person: Recipient, point: ContactPoint) -> ContactPoint:
    point.cluster_id, point.recipient_id = cluster.pk, person.pk
    point.derive()
    return point


def _tag(plans: Iterable[Plan]) -> None:
    tagged: Any = Recipient.tags.through
    rows = [
        tagged(recipient_id=plan.person.pk, tag_id=tag)
        for plan in plans
        for tag in plan.tags
    ]
    tagged._base_manager.bulk_create(rows, ignore_conflicts=True)


def _record(rows: Sequence[Any], why: str, type: str) -> None:
    if rows:
        record_history(_those(rows), reason=why, type=type)


def _those(rows: Sequence[Any]) -> QuerySet[Any]:
    """The rows of the database that some instances stand for."""
    found: QuerySet[Any] = rows[0].__class__.objects.filter(
        pk__in=[row.pk for row in rows]
    )
    return found


def _words(changes: Iterable[Change]) -> str:
    names = [change.field for change in changes]
    fields = ", ".join(_WORDS.get(name, name) for name in names if name != RESTORED)
    if RESTORED in names:
        return f"Restored, changed {fields}" if fields else "Restored"
    return f"Changed {fields}"
