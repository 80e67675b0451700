"""Whoever gets the alert after an update was said gets the update too, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import invariants
from notifications.actions import broadcasts, dispatches
from notifications.actions.broadcasts import catching_up
from notifications.alerting import Purpose
from notifications.channels import Outcome, Receipt
from notifications.models import Dispatch, NotificationLog, PublishedAlert, Recipient
from notifications.tasks import queues
from notifications.tasks.sweeping import Sweeper
from tests import flow
from tests.broadcasts.conftest import PHONE, fan_out
from tests.delivery.scripted import accepted, answering

pytestmark = pytest.mark.services


def busy(message):
    """The provider has no time, but for Ann."""
    if message.to in ("ann@example.org", PHONE.format(1)):
        return accepted(message)
    return Receipt(message.key, Outcome.TEMPORARY, "x", reason="Busy")


@pytest.fixture
def updated(live, grace, monkeypatch):
    """The update was said when only Ann had the alert; by now all have both."""
    answering(monkeypatch, busy)
    flow.deliver()
    fan_out(broadcasts.follow_up(live, Purpose.UPDATE, by=grace))
    answering(monkeypatch, accepted)
    deliver_all()
    return live


def deliver_all() -> None:
    flow.make_due()
    flow.deliver()


def later(minutes: int = 2) -> int:
    """As a worker does it so many minutes from now."""
    said = broadcasts.catch_up(timezone.now() + timedelta(minutes=minutes))
    for dispatch in Dispatch.objects.filter(fanned_out_at=None):
        fan_out(dispatch)
    return said


def told(broadcast) -> list[tuple[str, str]]:
    """Whom the update was written down for, on which channel."""
    rows = NotificationLog.objects.filter(
        dispatch__broadcast=broadcast, dispatch__purpose=Purpose.UPDATE
    ).exclude(status="skipped")
    return sorted(rows.values_list("recipient__name", "channel"))


ANN = [("Ann", "email"), ("Ann", "sms")]
ALL = [*ANN, ("Bea", "email"), ("Cy", "sms")]


def test_who_had_the_alert_later_gets_it_once(updated):
    assert told(updated) == ANN
    assert later() == 1
    assert told(updated) == ALL
    assert later(5) == 0
    assert told(updated) == ALL
    assert invariants.check() == []


def test_nobody_is_looked_for_within_the_minute_nor_after_all_have_it(updated):
    assert later(0) == 0
    assert later() == 1
    deliver_all()
    assert Dispatch.objects.filter(purpose=Purpose.UPDATE).count() == 2
    assert later(9) == 0


def test_it_is_the_last_update_and_no_news_to_the_public(updated, grace):
    before = PublishedAlert.objects.count()
    later()
    assert PublishedAlert.objects.count() == before
    newest = Dispatch.objects.filter(purpose=Purpose.UPDATE).latest("pk")
    assert newest.parent.purpose == Purpose.UPDATE
    assert newest.created_by is None
    assert newest.not_after == updated.expires_at


def test_of_two_updates_only_the_last_follows(live, grace, monkeypatch):
    answering(monkeypatch, busy)
    flow.deliver()
    for _ in range(2):
        live.refresh_from_db()
        fan_out(broadcasts.follow_up(live, Purpose.UPDATE, by=grace))
    answering(monkeypatch, accepted)
    deliver_all()
    assert later() == 1
    assert told(live) == sorted(ANN * 2 + ALL[2:])


@pytest.mark.parametrize("act", ["stop", "all_clear"])
def test_after_a_stop_or_the_end_nobody_is_told_of_an_update(updated, grace, act):
    updated.refresh_from_db()
    if act == "stop":
        broadcasts.stop(updated, by=grace)
    else:
        broadcasts.follow_up(updated, Purpose.ALL_CLEAR, by=grace)
    assert later() == 0
    assert told(updated) == ANN


def test_who_cannot_have_it_is_not_asked_for_ever(updated):
    """Cy has no number any more: he is written down once, with the reason."""
    Recipient.objects.get(name="Cy").contact_points.all().delete()
    assert later() == 1
    deliver_all()
    assert later(9) == 0
    assert told(updated) == ALL[:3]


def test_who_hears_by_the_ladder_first_gets_it_too(careful, live, grace, monkeypatch):
    """What failed at first and was sent again after the update counts as well."""

    def refused(message):
        if message.to in ("ann@example.org", PHONE.format(1)):
            return accepted(message)
        return Receipt(message.key, Outcome.PERMANENT, "x", reason="so")

    answering(monkeypatch, refused)
    flow.deliver()
    fan_out(broadcasts.follow_up(live, Purpose.UPDATE, by=grace))
    answering(monkeypatch, accepted)
    deliver_all()
    assert later() == 0
    alert = live.dispatches.get(purpose=Purpose.ALERT)
    fan_out(dispatches.retry_failed(alert, by=grace))
    deliver_all()
    assert later() == 1
    assert told(live) == ALL


def test_one_that_cannot_be_looked_at_keeps_nobody_else_waiting(updated, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("notifications.actions.broadcasts.catching_up.say", broken)
        assert later() == 0
    assert later() == 1


@pytest.fixture
def meanwhile(monkeypatch):
    """A function: this happens after it was asked for, and before the lock."""
    asked = catching_up._too_few

    def let(happen):
        def too_few(broadcast, said):
            found = asked(broadcast, said)
            monkeypatch.setattr(catching_up, "_too_few", asked)
            happen()
            return found

        monkeypatch.setattr(catching_up, "_too_few", too_few)

    return let


def test_of_two_workers_that_look_at_once_one_says_it(updated, meanwhile):
    said = []
    meanwhile(lambda: said.append(later()))
    assert later() == 0
    assert said == [1]
    assert told(updated) == ALL


def test_an_update_that_is_cancelled_at_that_moment_follows_to_nobody(
    live, grace, monkeypatch, meanwhile
):
    answering(monkeypatch, busy)
    flow.deliver()
    update = broadcasts.follow_up(live, Purpose.UPDATE, by=grace)
    fan_out(update)
    answering(monkeypatch, accepted)
    update.refresh_from_db()
    dispatches.pause(update, by=grace)
    deliver_all()
    dispatches.resume(update, by=grace)
    meanwhile(lambda: dispatches.cancel(update, by=grace))
    assert later() == 0
    assert told(live) == ANN


def test_a_worker_looks_by_itself(updated, monkeypatch):
    monkeypatch.setattr(catching_up, "EVERY", timedelta())
    Sweeper(queues.main).sweep()
    assert Dispatch.objects.filter(purpose=Purpose.UPDATE).count() == 2


@pytest.mark.parametrize("act", [dispatches.pause, dispatches.cancel])
def test_an_update_that_was_found_wrong_follows_to_nobody(
    live, grace, monkeypatch, act
):
    answering(monkeypatch, busy)
    flow.deliver()
    update = broadcasts.follow_up(live, Purpose.UPDATE, by=grace)
    fan_out(update)
    update.refresh_from_db()
    act(update, by=grace)
    answering(monkeypatch, accepted)
    deliver_all()
    assert later() == 0
    assert live.dispatches.filter(purpose=Purpose.UPDATE).count() == 1
