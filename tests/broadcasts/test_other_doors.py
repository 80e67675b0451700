"""An emergency's messages are messages too: nobody steers them past its rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.actions import broadcasts, dispatches
from notifications.alerting import Purpose
from notifications.channels import Outcome, Receipt
from notifications.errors import NotAllowed, Refused
from notifications.models import Broadcast
from tests import flow
from tests.broadcasts.guarded import held_by
from tests.delivery.scripted import answering

pytestmark = pytest.mark.services


@held_by("dispatches.resume: require_role")
def test_an_author_resumes_no_message_of_an_emergency(live, ada, grace):
    alert = live.dispatches.get()
    dispatches.pause(alert, by=grace)
    with pytest.raises(NotAllowed):
        dispatches.resume(alert, by=ada)


@pytest.fixture
def settled(live, monkeypatch):
    """By text nobody knows who has it, by mail it failed."""

    def answer(message):
        outcome = Outcome.UNKNOWN if message.to.startswith("+") else Outcome.PERMANENT
        return Receipt(message.key, outcome, "x", reason="so")

    answering(monkeypatch, answer)
    for _try in range(3):
        flow.deliver()
        flow.make_due()
    alert = live.dispatches.get()
    alert.refresh_from_db()
    assert alert.status == "done"
    return alert


@pytest.mark.parametrize("end", ["stop", "all_clear", "expired"])
@held_by(
    "dispatches.resend_unknown: _still_wanted",
    "dispatches._still_wanted: over or broadcast.status != BroadcastStatus.LIVE",
)
def test_of_what_is_over_nothing_unknown_goes_again(live, settled, grace, end):
    brought_to(end, live, grace)
    with pytest.raises(Refused, match="not live any more"):
        dispatches.resend_unknown(settled, by=grace, reason="They have nothing")


@pytest.mark.parametrize("end", ["stop", "all_clear", "expired"])
@held_by("dispatches.retry_failed: _still_wanted")
def test_of_what_is_over_nothing_that_failed_goes_again(live, settled, grace, end):
    brought_to(end, live, grace)
    with pytest.raises(Refused, match="not live any more"):
        dispatches.retry_failed(settled, by=grace)


def brought_to(end: str, live: Broadcast, by: Any) -> None:
    if end == "stop":
        broadcasts.stop(live, by=by)
    elif end == "all_clear":
        broadcasts.follow_up(live, Purpose.ALL_CLEAR, by=by)
    else:
        broadcasts.end_expired(timezone.now() + timedelta(hours=5))


@held_by("dispatches.retry_failed: require_role")
def test_an_author_sends_nothing_of_an_emergency_again(live, settled, ada):
    with pytest.raises(NotAllowed):
        dispatches.retry_failed(settled, by=ada)


def test_while_it_is_live_a_retry_is_a_message_of_it(live, grace, monkeypatch):
    answering(
        monkeypatch,
        lambda message: Receipt(message.key, Outcome.PERMANENT, "x", reason="so"),
    )
    flow.deliver()
    alert = live.dispatches.get()
    alert.refresh_from_db()
    assert dispatches.to_retry(alert) == 3, "by text or by mail"
    again = dispatches.retry_failed(alert, by=grace)
    assert (again.broadcast, again.purpose) == (live, Purpose.ALERT)
    assert again.not_after == live.expires_at
