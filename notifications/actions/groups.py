"""Tags and zones of people: what groups them, for one person or for many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import fingerprints
from notifications.errors import Refused
from notifications.models import Cluster, Recipient, Role, Tag, Zone, write_history

from .crowds import chunks, in_the_name_of, locked
from .details import clean_tags
from .guards import require_role

#: The rows between people and tags: they have no class of their own.
Tagged: Any = Recipient.tags.through


def tags_named(cluster: Cluster, names: Iterable[str]) -> list[Tag]:
    """The cluster's tags of these names; a new name becomes a tag of the cluster."""
    wanted = {fingerprints.name_key(name): name for name in names}
    Tag.objects.bulk_create(
        [Tag(cluster=cluster, name=name, name_key=key) for key, name in wanted.items()],
        ignore_conflicts=True,
    )
    return list(Tag.objects.filter(cluster=cluster, name_key__in=wanted))


def zone_of(cluster: Cluster, key: int) -> Zone | None:
    """A zone of this cluster; another cluster's is as unknown as none at all."""
    return Zone.objects.filter(cluster=cluster, pk=key).first()


def tag(
    cluster: Cluster, people: Iterable[int], names: Iterable[str], *, by: Any
) -> int:
    """Tag people; how many did not have all of the tags before."""
    require_role(by, cluster, Role.MANAGER)
    wanted = clean_tags(names)
    if not wanted:
        raise Refused(_("Type a tag, or choose one."))
    done = 0
    with transaction.atomic(), in_the_name_of(by):
        tags = tags_named(cluster, wanted)
        for part in chunks(people):
            done += _tag(locked(cluster, part), tags)
    return done


def untag(
    cluster: Cluster, people: Iterable[int], tags: Iterable[int], *, by: Any
) -> int:
    """Take tags, given by their keys, off people; how many had one of them."""
    require_role(by, cluster, Role.MANAGER)
    found = list(Tag.objects.filter(cluster=cluster, pk__in=list(tags)))
    if not found:
        raise Refused(_("Choose a tag to take off."))
    done = 0
    with transaction.atomic(), in_the_name_of(by):
        for part in chunks(people):
            done += _untag(locked(cluster, part), found)
    return done


def move(cluster: Cluster, people: Iterable[int], zone: int | None, *, by: Any) -> int:
    """Move people to a zone, or out of all; how many were somewhere else."""
    require_role(by, cluster, Role.MANAGER)
    there = zone_of(cluster, zone) if zone is not None else None
    if zone is not None and there is None:
        raise Refused(_("There is no such zone. Choose one of the list."))
    done = 0
    with transaction.atomic(), in_the_name_of(by):
        for part in chunks(people):
            rows = [row for row in locked(cluster, part) if row.zone_id != zone]
            _touch(rows, zone_id=zone)
            for row in rows:
                row.zone_id = zone
            words = f"Moved to {there.name}" if there else "Moved out of every zone"
            done += write_history(rows, reason=words)
    return done


def _tag(people: list[Recipient], tags: list[Tag]) -> int:
    has = _pairs(people, tags)
    missing = [
        (person, each)
        for person in people
        for each in tags
        if (person.pk, each.pk) not in has
    ]
    Tagged._base_manager.bulk_create(
        [Tagged(recipient=person, tag=each) for person, each in missing],
        batch_size=2_000,
    )
    changed = list({person.pk: person for person, each in missing}.values())
    _touch(changed)
    return write_history(changed, reason=f"Tagged {_names(tags)}")


def _untag(people: list[Recipient], tags: list[Tag]) -> int:
    has = _pairs(people, tags)
    changed = [p for p in people if any((p.pk, each.pk) in has for each in tags)]
    # Unscoped like every table between two: both ends are this cluster's.
    Tagged._base_manager.filter(
        recipient__in=[person.pk for person in changed],
        tag__in=[each.pk for each in tags],
    ).delete()
    _touch(changed)
    return write_history(changed, reason=f"No longer tagged {_names(tags)}")


def _pairs(people: list[Recipient], tags: list[Tag]) -> set[tuple[int, int]]:
    rows = Tagged._base_manager.filter(
        recipient__in=[person.pk for person in people],
        tag__in=[each.pk for each in tags],
    )
    return set(rows.values_list("recipient_id", "tag_id"))


def _touch(people: list[Recipient], **values: Any) -> None:
    """Say that these rows have changed: an import's undo leaves them alone."""
    keys = [person.pk for person in people]
    Recipient.objects.filter(pk__in=keys).update(updated_at=timezone.now(), **values)


def _names(tags: list[Tag]) -> str:
    return ", ".join(sorted(each.name for each in tags))
