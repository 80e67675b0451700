"""An engine that stands: platform admins are told, past the engine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions.alerts import Watch, looking, open_incidents
from notifications.models import Batch, Incident
from notifications.tasks import queues
from notifications.tasks.sweeping import Sweeper
from tests import flow
from tests.personas import make_people

pytestmark = pytest.mark.services


@pytest.fixture
def clock(monkeypatch):
    """Seconds as a worker counts them; ``clock(20)`` lets some go by."""
    now = [1000.0]
    monkeypatch.setattr(looking, "monotonic", lambda: now[0])

    def shift(seconds: float) -> None:
        now[0] += seconds

    return shift


@pytest.fixture
def standing(riverside):
    """Work that has been due for five minutes, and nobody does it."""
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    late = timezone.now() - timedelta(minutes=5)
    Batch.objects.filter(dispatch=dispatch).update(due_at=late)
    return dispatch


def look_for_a_while(watch: Watch, clock, minutes: int = 2) -> None:
    for _time in range(minutes * 3):
        watch.look()
        clock(20)


def test_platform_admins_get_a_plain_mail(clock, standing, world, mailoutbox):
    look_for_a_while(Watch(), clock)
    (mail,) = mailoutbox
    assert mail.to == ["pia@example.org"]
    assert "Nothing moves in the lane “Normal”" in mail.body
    assert "2 messages wait" in mail.body
    assert "/admin/clusters/engine/" in mail.body
    assert Incident._base_manager.get().told == 1


def test_nobody_is_told_twice(clock, standing, mailoutbox):
    first, second = Watch(), Watch()
    look_for_a_while(first, clock)
    look_for_a_while(second, clock)
    look_for_a_while(first, clock)
    assert len(mailoutbox) == 1


def test_late_work_that_is_found_at_the_start_is_no_trouble_yet(
    clock, standing, mailoutbox
):
    watch = Watch()
    watch.look()
    clock(20)
    watch.look()
    assert mailoutbox == []
    flow.deliver()
    look_for_a_while(watch, clock)
    assert [mail.subject for mail in mailoutbox if "Tocsin" in mail.subject] == []


def test_it_is_over_as_soon_as_it_moves(clock, standing, riverside, mailoutbox):
    watch = Watch()
    look_for_a_while(watch, clock)
    assert len(open_incidents(riverside)) == 1
    flow.deliver()
    look_for_a_while(watch, clock)
    assert open_incidents(riverside) == []


def test_a_mail_server_that_is_away_too_stops_nobody(
    clock, standing, monkeypatch, riverside
):
    def refuse(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr("notifications.actions.alerts.mailing.send_mail", refuse)
    look_for_a_while(Watch(), clock)
    assert [incident.told for incident in open_incidents(riverside)] == [0]


@pytest.mark.parametrize("queue", [queues.main, queues.emergency], ids=str)
def test_every_sweep_looks(world, monkeypatch, queue):
    looked = []
    monkeypatch.setattr(Watch, "look", lambda self: looked.append(self))
    Sweeper(queue).sweep()
    assert len(looked) == 1


def test_it_looks_now_and_then_and_not_at_every_sweep(clock, world, monkeypatch):
    looked = []
    monkeypatch.setattr(looking, "look_for_failures", lambda: looked.append(1))
    watch = Watch()
    for _second in range(31):
        watch.look()
        clock(1)
    assert len(looked) == 3
