"""Trying the failed again makes no doubles, and never comes to a dead end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import delivery, dispatching, invariants
from notifications.actions import dispatches
from notifications.errors import Refused
from notifications.models import Dispatch
from tests import flow
from tests.delivery.scripted import accepted, answering, refused, unknown
from tests.personas import make_people

pytestmark = pytest.mark.services


@pytest.fixture
def channel(monkeypatch):
    return answering(monkeypatch, refused)


@pytest.fixture
def dispatch(riverside, channel):
    """To two people, and both have failed."""
    make_people(riverside, 2)
    return delivered(flow.fanned_out(riverside))


def delivered(dispatch):
    flow.deliver()
    dispatch.refresh_from_db()
    return dispatch


def retried(dispatch, ada):
    made = dispatches.retry_failed(dispatch, by=ada)
    dispatching.fan_out(made.pk)
    return delivered(made)


def test_what_staff_closed_is_not_tried_again(riverside, ada, channel):
    make_people(riverside, 2)
    channel.answer = unknown
    dispatch = delivered(flow.fanned_out(riverside))
    dispatches.close_unknown(dispatch, by=ada, reason="They all have it")
    assert flow.statuses(dispatch) == {"failed": 2}
    assert set(flow.reasons(dispatch).values()) == {"closed"}
    assert dispatches.to_retry(dispatch) == 0
    with pytest.raises(Refused, match="nobody to try again"):
        dispatches.retry_failed(dispatch, by=ada)


def test_a_retry_that_was_cancelled_can_be_made_again(dispatch, ada, channel):
    dispatches.cancel(dispatches.retry_failed(dispatch, by=ada), by=ada)
    channel.answer = accepted
    again = retried(dispatch, ada)
    assert flow.statuses(again) == {"sent": 2}
    assert dispatches.to_retry(dispatch) == 0


def test_while_one_retry_goes_out_there_is_no_other(dispatch, ada):
    made = dispatches.retry_failed(dispatch, by=ada)
    assert dispatches.to_retry(dispatch) == 0
    with pytest.raises(Refused, match="already"):
        dispatches.retry_failed(dispatch, by=ada)
    assert Dispatch.objects.filter(parent=dispatch).get() == made


def test_only_who_still_lacks_it_is_tried_again(dispatch, ada, channel):
    channel.answer = lambda m: accepted(m) if "0000" in m.to else refused(m)
    first = retried(dispatch, ada)
    assert flow.statuses(first) == {"sent": 1, "failed": 1}
    assert dispatches.to_retry(dispatch) == dispatches.to_retry(first) == 1
    channel.answer = accepted
    assert flow.statuses(retried(dispatch, ada)) == {"sent": 1}
    assert dispatches.to_retry(first) == 0, "its sister has reached them"


def test_of_whom_nobody_can_know_is_not_tried_again(dispatch, ada, channel):
    channel.answer = unknown
    retried(dispatch, ada)
    assert dispatches.to_retry(dispatch) == 0


def test_nothing_goes_again_after_its_last_moment(riverside, ada, channel):
    make_people(riverside, 2)
    channel.answer = unknown
    soon = timezone.now() + timedelta(hours=1)
    dispatch = delivered(flow.fanned_out(riverside, not_after=soon))
    Dispatch.objects.update(not_after=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused, match="a time that has passed"):
        dispatches.resend_unknown(dispatch, by=ada, reason="Again")
    assert flow.statuses(dispatch) == {"unknown": 2}


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_what_may_have_arrived_is_unknown_again_at_the_end(
    riverside, ada, channel, end
):
    make_people(riverside, 2)
    channel.answer = unknown
    soon = timezone.now() + timedelta(hours=1)
    dispatch = delivered(flow.fanned_out(riverside, not_after=soon))
    dispatches.resend_unknown(dispatch, by=ada, reason="Again")
    if end == "cancel":
        assert dispatches.cancel(dispatch, by=ada) == 0
    else:
        Dispatch.objects.update(not_after=timezone.now() - timedelta(seconds=1))
        delivery.expire_due()
    assert flow.statuses(dispatch) == {"unknown": 2}
    assert invariants.check() == []
