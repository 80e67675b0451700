"""A dispatch that is over is counted once, until something of it moves after all."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import dispatches
from notifications.invariants import check
from notifications.lifecycle import EntryStatus
from notifications.models import Dispatch, DispatchTally, NotificationLog
from notifications.models.tallying import by_zone, counted_since, statuses, tally
from tests import flow
from tests.personas import make_people, make_person, make_zone
from tests.sent import make_dispatch, make_entry

pytestmark = pytest.mark.services


@pytest.fixture
def over(riverside, ada):
    """Two delivered, one failed, one nobody knows of, one opted out; and done."""
    dispatch = make_dispatch(riverside, created_by=ada)
    people = make_people(riverside, 5)
    for person, status in zip(
        people, ("delivered", "delivered", "failed", "unknown", "skipped"), strict=True
    ):
        reason = "opted_out" if status == "skipped" else ""
        detail = "550 no such user" if status == "failed" else ""
        now = timezone.now()
        make_entry(dispatch, person, status, reason=reason, detail=detail)
        NotificationLog.objects.filter(recipient=person).update(settled_at=now)
    Dispatch.objects.filter(pk=dispatch.pk).update(written=5)
    dispatch.refresh_from_db()
    return dispatch


def in_the_log(dispatch):
    rows = NotificationLog.objects.filter(dispatch=dispatch)
    return Counter(rows.values_list("channel", "status", "reason"))


def told(dispatch):
    return {
        (line.channel, line.status, line.reason): line.number
        for line in tally(dispatch).lines
    }


def test_it_tells_what_the_log_holds(over):
    assert told(over) == in_the_log(over)
    assert tally(over).entries == {"email": 5}
    (failure,) = tally(over).failures
    assert (failure.detail, failure.number) == ("550 no such user", 1)


def test_of_several_channels_each_is_told_apart(over, riverside):
    Dispatch.objects.filter(pk=over.pk).update(channels=["email", "sms"], written=6)
    over.refresh_from_db()
    make_entry(over, make_person(riverside, "Zed", phone="+44"), channel="sms")
    assert told(over) == in_the_log(over)
    assert tally(over).entries == {"email": 5, "sms": 1}


def test_what_is_over_is_counted_once(over, django_assert_num_queries):
    first = tally(over)
    with django_assert_num_queries(1):
        assert tally(over) == first


def test_what_is_under_way_is_counted_every_time(riverside):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    assert told(dispatch) == {("email", "planned", ""): 2}
    assert not DispatchTally.objects.exists()
    flow.deliver()
    dispatch.refresh_from_db()
    assert told(dispatch) == in_the_log(dispatch)
    assert told(dispatch).keys() == {("email", dispatch.entries.first().status, "")}


def test_what_staff_close_is_counted_anew(over, ada):
    assert told(over)["email", "unknown", ""] == 1
    dispatches.close_unknown(over, by=ada, reason="Called them")
    over.refresh_from_db()
    assert ("email", "unknown", "") not in told(over)
    assert told(over) == in_the_log(over)


def test_what_staff_send_again_is_counted_anew(over, ada):
    assert told(over)["email", "unknown", ""] == 1
    dispatches.resend_unknown(over, by=ada, reason="A double does no harm")
    over.refresh_from_db()
    assert told(over) == in_the_log(over)


def test_a_count_that_does_not_add_up_is_never_kept(over):
    Dispatch.objects.filter(pk=over.pk).update(written=6)
    over.refresh_from_db()
    tally(over)
    assert not DispatchTally.objects.exists()


def test_what_waits_in_a_dispatch_that_is_over_is_counted_again(over):
    NotificationLog.objects.filter(status="unknown").update(status="sending")
    tally(over)
    assert not DispatchTally.objects.exists()


def test_a_tally_that_the_log_has_left_behind_is_told_of(over):
    tally(over)
    assert not any("was counted as" in sentence for sentence in check())
    NotificationLog.objects.filter(status="failed").update(status="bounced")
    assert any("was counted as" in sentence for sentence in check())


def test_zones_are_where_people_live_now(over, riverside):
    heron = make_zone(riverside, "Heron")
    assert by_zone(over) == by_zone(over)
    assert {zone for zone, _status, _number in by_zone(over)} == {None}
    person = NotificationLog.objects.get(status="failed").recipient
    person.zone = heron
    person.save()
    assert (heron.pk, "failed", 1) in by_zone(over)


def test_lists_ask_for_statuses_alone(over, riverside):
    make_people(riverside, 3)
    going = flow.fanned_out(riverside)
    found = statuses([over, going])
    assert found[over.pk] == {"delivered": 2, "failed": 1, "unknown": 1, "skipped": 1}
    assert sum(found[going.pk].values()) == going.entries.count()


def test_since_a_moment_counts_what_was_planned_since(over, riverside):
    yesterday = timezone.now() - timedelta(days=1)
    old = make_dispatch(riverside, "Long ago")
    person = make_person(riverside, "Zoe", email="zoe@example.org")
    make_entry(old, person, at=yesterday - timedelta(days=1))
    both = make_dispatch(riverside, "Over midnight")
    make_entry(both, person, at=yesterday - timedelta(hours=1))
    later = make_person(riverside, "Yan", email="yan@example.org")
    make_entry(both, later, EntryStatus.SENT)
    long_ago = yesterday - timedelta(days=1)
    rows = Dispatch.objects
    rows.filter(pk=old.pk).update(created_at=long_ago, finished_at=long_ago)
    rows.filter(pk=both.pk).update(created_at=long_ago, fanned_out_at=timezone.now())
    recent = NotificationLog.objects.filter(planned_at__gte=yesterday)
    counted = Counter(recent.values_list("status", flat=True))
    assert counted_since(riverside, yesterday)["email"] == counted
