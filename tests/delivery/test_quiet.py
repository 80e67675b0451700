"""In the quiet hours of a cluster what is not urgent waits; what is urgent goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import delivery, events
from notifications.actions import clusters
from notifications.channels.routes import Routes
from notifications.delivery.engine import never
from notifications.delivery.leasing import always
from notifications.delivery.pace import Pace
from notifications.delivery.working import Run
from notifications.models import Batch
from notifications.quiet import QuietHours, quiet_hours
from tests import flow
from tests.personas import make_people

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(LONDON, time(22), time(7))


def london(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=LONDON, fold=fold)


class TestTheHours:
    @pytest.mark.parametrize(
        ("at", "over"),
        [
            (london(2026, 11, 21, 21, 59), None),
            (london(2026, 11, 21, 22, 0), london(2026, 11, 22, 7)),
            (london(2026, 11, 22, 6, 59), london(2026, 11, 22, 7)),
            (london(2026, 11, 22, 7, 0), None),
            # Clocks go forward and back in such a night: seven is seven.
            (london(2026, 3, 28, 23, 0), london(2026, 3, 29, 7)),
            (london(2026, 10, 24, 23, 0), london(2026, 10, 25, 7)),
        ],
    )
    def test_go_over_midnight(self, at, over):
        assert NIGHT.over_at(at.astimezone(UTC)) == over

    def test_may_be_in_the_middle_of_the_day(self):
        siesta = QuietHours(LONDON, time(13), time(15))
        assert siesta.over_at(london(2026, 7, 1, 14)) == london(2026, 7, 1, 15)
        assert siesta.over_at(london(2026, 7, 1, 12)) is None
        assert siesta.next_at(london(2026, 7, 1, 12)) == london(2026, 7, 1, 13)
        assert siesta.next_at(london(2026, 7, 1, 16)) == london(2026, 7, 2, 13)

    def test_are_none_where_from_and_until_are_the_same_or_missing(self):
        assert (
            QuietHours(LONDON, time(9), time(9)).over_at(london(2026, 7, 1, 9)) is None
        )
        assert quiet_hours("Europe/London", None, time(7)) is None

    @given(
        st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
        st.times(),
        st.times(),
        st.sampled_from(["Europe/London", "Asia/Kolkata", "America/St_Johns"]),
    )
    def test_end_after_the_moment_that_they_hold_and_within_a_day(
        self, naive, begin, end, zone
    ):
        hours = QuietHours(ZoneInfo(zone), begin, end)
        at = naive.replace(tzinfo=UTC)
        over = hours.over_at(at)
        if over is not None:
            assert at < over.astimezone(UTC) <= at + timedelta(hours=25)
        else:
            assert hours.next_at(at).astimezone(UTC) > at

    def test_begin_in_the_second_of_two_same_hours(self):
        """Clocks go back at two: half past one comes twice, and so does the quiet."""
        late = QuietHours(LONDON, time(1, 30), time(7))
        again = london(2026, 10, 25, 1, 10, fold=1)
        assert late.over_at(again) is None
        assert late.next_at(again) == london(2026, 10, 25, 1, 30, fold=1)


@pytest.fixture
def quiet(riverside):
    """It is quiet at Riverside now, and for some hours more."""
    return ruled(riverside, -2, 3)


def ruled(cluster, begins: float, ends: float):
    """Quiet hours that begin and end so many hours from now."""
    now = datetime.now(ZoneInfo(cluster.time_zone))
    cluster.quiet_from = (now + timedelta(hours=begins)).time()
    cluster.quiet_until = (now + timedelta(hours=ends)).time()
    cluster.save()
    return cluster


def statuses(dispatch) -> set[str]:
    return set(flow.entries(dispatch).values_list("status", flat=True))


@pytest.mark.services
class TestAtWork:
    @pytest.mark.parametrize(
        "event", [events.ANNOUNCEMENT_POSTED, events.PAYMENT_DUE, events.NEWSLETTER]
    )
    def test_what_is_not_urgent_waits_for_their_end(self, quiet, sink, event):
        make_people(quiet, 2)
        dispatch = flow.fanned_out(quiet, event=event)
        assert flow.deliver() is False
        assert statuses(dispatch) == {"planned"}
        due = dispatch.batches.get().due_at
        assert due.astimezone(LONDON).time() == quiet.quiet_until
        assert delivery.due_lanes(flow.LANES) == [], "nobody is woken for nothing"

    def test_when_they_are_over_it_goes(self, quiet, sink):
        make_people(quiet, 2)
        dispatch = flow.fanned_out(quiet)
        flow.deliver()
        ruled(quiet, -6, -1)
        flow.make_due()
        flow.deliver()
        assert statuses(dispatch) == {"sent"}

    @pytest.mark.parametrize("event", [events.MAINTENANCE_URGENT, events.TEST_MESSAGE])
    def test_what_is_urgent_goes_at_any_hour(self, quiet, sink, event):
        make_people(quiet, 1)
        dispatch = flow.fanned_out(quiet, event=event)
        flow.deliver()
        assert statuses(dispatch) == {"sent"}

    def test_those_of_one_cluster_are_not_those_of_another(self, quiet, hilltop, sink):
        make_people(quiet, 1)
        make_people(hilltop, 1)
        waits, goes = flow.fanned_out(quiet), flow.fanned_out(hilltop)
        flow.deliver()
        assert (statuses(waits), statuses(goes)) == ({"planned"}, {"sent"})

    def test_when_they_begin_the_rest_waits(self, riverside, sink):
        """A slow provider is not held by what it began before the night."""
        make_people(riverside, 3)
        dispatch = flow.fanned_out(riverside)
        ruled(riverside, 1, 5)
        taken = delivery.lease(flow.LANES, "one")
        assert 0 < taken.seconds < 3 * 3_600, "an hour; two in a night of spring"
        begun = replace(taken, seconds=-1)
        with Routes() as routes:
            route, bell = routes.of("email"), (always, never, never)
            Run(begun, route, flow.LANES, *bell, Pace()).work_off()
        assert statuses(dispatch) == {"planned"}
        assert Batch.objects.get().leased_until is None
        ruled(riverside, 2, 5)
        flow.deliver()
        assert statuses(dispatch) == {"sent"}

    def test_an_emergency_goes_at_any_hour(self, quiet, sink, gas_leak):
        make_people(quiet, 1)
        dispatch = flow.fanned_out(quiet, event=gas_leak)
        flow.deliver()
        assert statuses(dispatch) == {"sent"}

    def test_a_manager_who_ends_them_lets_go_what_waits(self, quiet, sink, mona):
        make_people(quiet, 2)
        dispatch = flow.fanned_out(quiet)
        flow.deliver()
        assert statuses(dispatch) == {"planned"}
        clusters.change(quiet, {"quiet_from": None, "quiet_until": None}, by=mona)
        flow.deliver()
        assert statuses(dispatch) == {"sent"}

    def test_made_shorter_they_hold_it_for_as_long_as_they_last(
        self, quiet, sink, mona
    ):
        make_people(quiet, 1)
        dispatch = flow.fanned_out(quiet)
        flow.deliver()
        sooner = (datetime.now(LONDON) + timedelta(hours=1)).time()
        clusters.change(quiet, {"quiet_until": sooner}, by=mona)
        flow.deliver()
        assert statuses(dispatch) == {"planned"}
        due = dispatch.batches.get().due_at
        assert due.astimezone(LONDON).time() == sooner

    def test_another_change_of_settings_wakes_nothing(self, quiet, sink, mona):
        make_people(quiet, 1)
        dispatch = flow.fanned_out(quiet)
        flow.deliver()
        due = dispatch.batches.get().due_at
        clusters.change(quiet, {"currency": "EUR"}, by=mona)
        assert dispatch.batches.get().due_at == due
