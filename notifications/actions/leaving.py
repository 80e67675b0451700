"""People who leave a cluster, and who come back: nobody is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications.lifecycle import WAITING, SkipReason
from notifications.models import (
    Cluster,
    NotificationLog,
    OptOut,
    OptOutAddress,
    Recipient,
    Role,
    write_history,
)

from . import covered
from .crowds import chunks, in_the_name_of, locked, skip_waiting, the_reason
from .guards import require_role


def archive(cluster: Cluster, people: Iterable[int], *, by: Any, reason: str) -> int:
    """Let people leave: nothing more is sent; the log and their refusals stay.

    While they are gone, their refusals hold for whoever has one of their addresses.
    """
    require_role(by, cluster, Role.MANAGER)
    why = f"Archived: {the_reason(reason)}"
    done = 0
    with transaction.atomic(), in_the_name_of(by):
        leaving = set(people)
        everybody = leaving | _neighbours(cluster, leaving)
        for part in chunks(everybody):
            rows = [row for row in locked(cluster, part) if row.pk in leaving]
            done += _leave(cluster, rows, why)
        covered.skip_refused(cluster, everybody - leaving, why)
    return done


def restore(cluster: Cluster, people: Iterable[int], *, by: Any, reason: str) -> int:
    """Take people back; their refusals are again what they were."""
    require_role(by, cluster, Role.MANAGER)
    why = f"Restored: {the_reason(reason)}"
    done = 0
    with transaction.atomic(), in_the_name_of(by):
        for part in chunks(people):
            rows = [row for row in locked(cluster, part) if row.archived_at is not None]
            _mark(rows, None)
            done += write_history(rows, reason=why)
    return done


def _leave(cluster: Cluster, rows: list[Recipient], why: str) -> int:
    keys = [row.pk for row in rows]
    there = [row for row in rows if row.archived_at is None]
    _mark(there, timezone.now())
    waiting = NotificationLog.objects.filter(
        cluster=cluster, recipient__in=keys, status__in=WAITING
    )
    skip_waiting(waiting, SkipReason.LEFT, why)
    return write_history(there, reason=why)


def _mark(rows: list[Recipient], archived_at: Any) -> None:
    Recipient.objects.filter(pk__in=[row.pk for row in rows]).update(
        archived_at=archived_at, updated_at=timezone.now()
    )
    for row in rows:
        row.archived_at = archived_at


def _neighbours(cluster: Cluster, people: set[int]) -> set[int]:
    """Who shares an address that one of these people refused messages to."""
    found: set[int] = set()
    for part in chunks(people):
        refusals = OptOut.objects.in_force().filter(cluster=cluster, recipient__in=part)
        held = OptOutAddress.objects.filter(
            cluster=cluster, opt_out__in=refusals.order_by()
        )
        found |= covered.people_at(cluster, held.values_list("fingerprint", flat=True))
    return found
