"""A seeded world is one that the real paths could have written."""

from __future__ import annotations

import pytest

from notifications import fingerprints
from notifications.invariants import check
from notifications.models import (
    Addressee,
    ContactPoint,
    Dispatch,
    NotificationLog,
    Recipient,
)
from tests.benchmarks.seeding import add_people
from tests.benchmarks.seeding_log import add_log, sizes

pytestmark = pytest.mark.services


def test_what_was_seeded_breaks_no_invariant(riverside, mona):
    add_people(riverside, 300)
    add_log(riverside, entries=1_000, dispatches=12, by=mona)
    assert check() == []
    assert Recipient.objects.count() == 300
    assert NotificationLog.objects.count() == 1_000
    assert Dispatch.objects.count() == 12
    statuses = NotificationLog.objects.order_by().values_list("status", flat=True)
    assert {"delivered", "sent", "failed", "skipped"} <= set(statuses)


def test_seeded_fingerprints_are_those_of_the_domain(riverside):
    add_people(riverside, 300)
    for person in Recipient.objects.all():
        stored = person.name_key, person.fingerprint
        person.derive()
        assert stored == (person.name_key, person.fingerprint)
    for point in ContactPoint.objects.all():
        found = fingerprints.of_address(point.channel, point.value)
        assert point.fingerprint == found


def test_seeded_addressees_keep_their_promise(riverside, mona):
    add_people(riverside, 100)
    add_log(riverside, entries=100, dispatches=3, by=mona)
    for one in Addressee.objects.all():
        promise = fingerprints.commitment(one.name, one.unit, one.address)
        assert one.commitment == promise


@pytest.mark.parametrize(("entries", "dispatches"), [(1_000, 12), (90, 3), (3_900, 40)])
def test_the_sizes_add_up(riverside, entries, dispatches):
    add_people(riverside, 100)
    found = list(sizes(riverside, entries, dispatches))
    assert sum(found) == entries
    assert len(found) == dispatches
    assert max(found) <= 100
