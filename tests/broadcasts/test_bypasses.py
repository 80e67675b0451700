"""Every bypass is counted, once, where it happened; and the report warns of overuse."""

from __future__ import annotations

import pytest
from django.utils import timezone

from notifications.actions import broadcasts, opt_outs
from notifications.alerting import Purpose
from notifications.models import Bypass, OptOutSource, Suppression
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.delivery.scripted import accepted, answering
from tests.delivery.test_quiet import ruled

pytestmark = pytest.mark.services

YES = {"confirmed_people": 3, "typed_people": 3}


@pytest.fixture
def over(submitted, grace, mona, monkeypatch):
    """Ann has opted out on both channels, Bea of newsletters only; all have it."""
    ann = submitted.cluster.recipients.get(name="Ann")
    bea = submitted.cluster.recipients.get(name="Bea")
    staff = {"source": OptOutSource.STAFF, "reason": "Asked", "by": mona}
    opt_outs.opt_out(ann.cluster, ann, **staff)
    opt_outs.opt_out(bea.cluster, bea, category="newsletter", **staff)
    answering(monkeypatch, accepted)
    fan_out(broadcasts.approve(submitted, by=grace, **YES))
    flow.deliver()
    return submitted


def test_a_person_counts_once_whatever_the_channels(over):
    assert broadcasts.count_bypasses() == 1
    assert broadcasts.count_bypasses() == 0
    assert Bypass.objects.get().people == 1
    (month,) = broadcasts.months(over.cluster)
    assert (month.broadcasts, month.people, month.often) == (1, 1, False)
    assert broadcasts.overridden_by(over) == 1


def test_nobody_is_counted_whom_it_did_not_reach(submitted, grace, mona, monkeypatch):
    ann = submitted.cluster.recipients.get(name="Ann")
    opt_outs.opt_out(ann.cluster, ann, source=OptOutSource.STAFF, reason="x", by=mona)
    for point in ann.contact_points.all():
        Suppression.objects.create(
            cluster=ann.cluster,
            channel=point.channel,
            fingerprint=point.fingerprint,
            reason="bounce",
        )
    answering(monkeypatch, accepted)
    dispatch = broadcasts.approve(submitted, by=grace, **YES)
    fan_out(dispatch)
    flow.deliver()
    reasons = flow.entries(dispatch).filter(recipient=ann)
    assert set(reasons.values_list("reason", flat=True)) == {"suppressed"}
    broadcasts.count_bypasses()
    assert Bypass.objects.get().people == 0


def test_a_drill_overrides_nobody_and_is_not_counted(
    careful, gas, ada, grace, monkeypatch
):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    answering(monkeypatch, accepted)
    fan_out(broadcasts.approve(drill, by=grace, confirmed_people=3))
    flow.deliver()
    assert broadcasts.count_bypasses() == 0


def test_every_message_is_counted_and_the_month_sums_them_up(over, grace):
    broadcasts.count_bypasses()
    fan_out(broadcasts.follow_up(over, Purpose.ALL_CLEAR, by=grace))
    flow.deliver()
    assert broadcasts.count_bypasses() == 1
    (month,) = broadcasts.months(over.cluster)
    assert (month.broadcasts, month.people) == (1, 2)


def test_many_in_a_month_are_often(over):
    dispatch = over.dispatches.get()
    for _more in range(3):
        other = type(over).objects.create(
            cluster=over.cluster,
            title="Again",
            created_by=over.created_by,
            last_edited_by=over.created_by,
        )
        dispatch.pk, dispatch.uid = None, other.uid
        dispatch.save()
        Bypass.objects.create(
            cluster=over.cluster,
            broadcast=other,
            dispatch=dispatch,
            people=0,
            at=timezone.now(),
        )
    broadcasts.count_bypasses()
    (month,) = broadcasts.months(over.cluster)
    assert month.often


def test_another_clusters_are_none_of_ours(over, hilltop):
    broadcasts.count_bypasses()
    assert broadcasts.months(hilltop) == []


def test_who_is_disturbed_in_quiet_hours_is_counted_apart(
    submitted, grace, monkeypatch, client
):
    ruled(submitted.cluster, -2, 3)
    answering(monkeypatch, accepted)
    fan_out(broadcasts.approve(submitted, by=grace, **YES))
    flow.deliver()
    assert broadcasts.count_bypasses() == 1
    row = Bypass.objects.get()
    assert (row.people, row.in_quiet_hours) == (0, 3)
    assert broadcasts.disturbed_by(submitted) == 3
    assert broadcasts.months(submitted.cluster)[0].in_quiet_hours == 3
    client.force_login(grace)
    page = client.get("/c/riverside/admin/emergencies/").content.decode()
    assert "Messages in quiet hours" in page
    board = client.get(f"/c/riverside/admin/emergencies/{submitted.uid}/")
    assert "In quiet hours" in board.content.decode()


def test_by_day_nobody_is_disturbed(over):
    ruled(over.cluster, 2, 3)
    broadcasts.count_bypasses()
    assert Bypass.objects.get().in_quiet_hours == 0
    assert broadcasts.disturbed_by(over) == 0
