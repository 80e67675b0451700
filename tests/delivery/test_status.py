"""How the engine stands, as the command, the page and the probes tell it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from notifications import events
from notifications.actions import dispatches
from notifications.delivery import recent
from notifications.delivery.status import engine_status
from notifications.events import Lane
from notifications.models import Batch, NotificationLog, WorkerBeat
from tests import flow
from tests.delivery.scripted import accepted, answering, refused, unknown
from tests.personas import make_people

pytestmark = pytest.mark.services

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def beat(lane: str = "all", name: str = "quay:1", **fields: object) -> WorkerBeat:
    now = timezone.now()
    given = {"started_at": now, "beat_at": now} | fields
    return WorkerBeat.objects.create(name=name, lane=lane, **given)


def codes() -> list[str]:
    return [trouble.code for trouble in engine_status().troubles]


def test_what_waits_is_counted_per_lane_and_over_all_clusters(
    riverside, hilltop, gas_leak
):
    make_people(riverside, 3)
    make_people(hilltop, 2)
    flow.fanned_out(riverside)
    flow.fanned_out(hilltop)
    flow.fanned_out(hilltop, event=gas_leak)
    status = engine_status()
    waiting = {lane.lane: lane.waiting for lane in status.lanes}
    assert waiting == {Lane.EMERGENCY: 2, Lane.URGENT: 0, Lane.NORMAL: 5, Lane.BULK: 0}
    assert status.waiting == 7


def test_what_was_settled_waits_no_more_and_makes_the_rate(
    clock, riverside, mailoutbox
):
    make_people(riverside, 20)
    flow.fanned_out(riverside)
    flow.deliver()
    make_people(riverside, 10)
    clock.shift(20)
    flow.fanned_out(riverside)
    status = engine_status()
    assert status.waiting == 30
    # 20 in the 20 seconds since the first.
    assert status.per_minute == 60
    assert status.seconds_left == 30


def test_after_a_quiet_minute_there_is_no_rate_and_no_forecast(
    clock, riverside, mailoutbox
):
    make_people(riverside, 2)
    flow.fanned_out(riverside)
    flow.deliver()
    clock.shift(61)
    flow.fanned_out(riverside)
    status = engine_status()
    assert (status.per_minute, status.seconds_left) == (0, None)


def test_the_rate_looks_no_further_back_than_its_steps(
    clock, riverside, mailoutbox, monkeypatch
):
    monkeypatch.setattr(recent, "STEPS", 5)
    make_people(riverside, 20)
    flow.fanned_out(riverside)
    flow.deliver()
    assert engine_status().per_minute == 5 * 6


def test_a_lane_waits_for_those_before_it(clock, riverside, gas_leak, mailoutbox):
    make_people(riverside, 6)
    flow.fanned_out(riverside)
    flow.deliver()
    flow.fanned_out(riverside)
    flow.fanned_out(riverside, event=gas_leak)
    left = {lane.lane: lane.seconds_left for lane in engine_status().lanes}
    # 6 in 10 seconds at the least.
    assert left[Lane.EMERGENCY] == 10
    assert left[Lane.NORMAL] == 20


def test_retries_are_not_late_before_their_time(clock, riverside, monkeypatch):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    Batch.objects.filter(dispatch=dispatch).update(due_at=NOW + timedelta(minutes=5))
    normal = engine_status().lanes[Lane.NORMAL]
    assert (normal.waiting, normal.later, normal.oldest_due) == (0, 2, None)


def test_paused_ones_wait_for_staff_and_not_for_a_worker(clock, riverside, ada):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    dispatches.pause(dispatch, by=ada)
    clock.shift(3600)
    beat()
    beat("emergency", "quay:2")
    status = engine_status()
    assert (status.waiting, status.paused, status.troubles) == (0, 2, ())


def test_without_workers_it_says_which_to_start(riverside):
    assert codes() == ["no_worker", "no_emergency_worker"]
    beat()
    assert codes() == ["no_emergency_worker"]
    beat("emergency", "quay:2")
    assert codes() == []


def test_a_worker_that_went_silent_is_not_there(clock, riverside):
    beat()
    beat("emergency", "quay:2")
    clock.shift(31)
    assert codes() == ["no_worker", "no_emergency_worker"]
    assert [worker.alive for worker in engine_status().workers] == [False, False]


def test_it_stands_when_what_is_due_is_late_and_nothing_is_settled(clock, riverside):
    make_people(riverside, 2)
    flow.fanned_out(riverside)
    clock.shift(119)
    assert not engine_status().stands
    clock.shift(2)
    assert engine_status().stands


def test_a_long_queue_that_moves_does_not_stand(clock, riverside, mailoutbox):
    make_people(riverside, 2)
    flow.fanned_out(riverside, event=events.NEWSLETTER)
    clock.shift(600)
    flow.fanned_out(riverside)
    flow.delivery.drain([Lane.NORMAL], flow.WORKER)
    late = engine_status().lanes[Lane.BULK]
    assert late.waiting == 2
    assert late.late == 600
    assert not engine_status().stands


def test_an_emergency_may_not_wait_behind_what_moves(
    clock, riverside, gas_leak, mailoutbox
):
    make_people(riverside, 2)
    flow.fanned_out(riverside, event=gas_leak)
    clock.shift(31)
    flow.fanned_out(riverside)
    flow.delivery.drain([Lane.NORMAL], flow.WORKER)
    assert engine_status().stands


def test_failed_and_unknown_ones_are_settled_too(clock, riverside, monkeypatch):
    make_people(riverside, 3)
    answers = iter([accepted, refused, unknown])
    answering(monkeypatch, lambda message: next(answers)(message))
    flow.fanned_out(riverside)
    flow.deliver()
    assert engine_status().per_minute == 3 * 6


def test_closing_by_hand_is_no_work_of_the_engine(clock, riverside, monkeypatch, ada):
    make_people(riverside, 3)
    answering(monkeypatch, unknown)
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    clock.shift(3600)
    dispatches.close_unknown(dispatch, by=ada, reason="Asked them")
    assert NotificationLog.objects.filter(status="failed").count() == 3
    assert engine_status().per_minute == 0


def test_of_the_breakers_of_all_living_workers_the_worst_is_shown(clock, riverside):
    before = (NOW - timedelta(minutes=3)).isoformat()
    closed = {"name": "mailgun", "kind": "email", "state": "closed", "errors": 1}
    opened = closed | {"state": "open", "since": before, "errors": 50}
    beat(providers=[closed])
    beat(name="quay:2", providers=[opened])
    beat(name="gone:1", beat_at=NOW - timedelta(minutes=2), providers=[opened])
    (provider,) = engine_status().providers
    assert (provider.name, provider.state, provider.errors) == ("mailgun", "open", 51)
    assert provider.since == NOW - timedelta(minutes=3)
    assert (provider.agree, provider.workers) == (1, 2)


def test_a_provider_that_every_worker_leaves_alone_is_trouble(clock, riverside):
    opened = {"name": "mailgun", "kind": "email", "state": "open", "errors": 50}
    beat(providers=[opened])
    beat("emergency", "quay:2")
    assert codes() == ["provider_left_alone"]
    beat(name="quay:3", providers=[opened | {"state": "closed"}])
    assert codes() == []


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("engine_status", *arguments, stdout=out, no_color=True)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_that_nothing_runs_and_what_to_start(riverside):
    code, said = run()
    assert code == 1
    assert "No worker is running. Start one: manage.py worker." in said


def test_the_command_shows_lanes_workers_and_providers(clock, riverside):
    make_people(riverside, 3)
    flow.fanned_out(riverside)
    told = {"name": "smtp", "kind": "email", "state": "closed", "errors": 2}
    beat(providers=[told])
    beat("emergency", "quay:2")
    clock.shift(7)
    code, said = run()
    assert code == 0
    lines = [line.split() for line in said.splitlines()]
    assert ["Normal", "3", "0", "7", "s", "0", "no", "telling"] in lines
    assert ["quay:1", "all", "7", "s", "ago", "7", "s", "ago"] in lines
    assert ["smtp", "email", "closed", "2", "1", "of", "1"] in lines
    assert "All is well." in said


def test_the_command_speaks_json(clock, riverside):
    make_people(riverside, 3)
    flow.fanned_out(riverside)
    beat()
    code, said = run("--json")
    told = json.loads(said)
    assert code == 1
    assert told["waiting"] == 3
    assert [lane["lane"] for lane in told["lanes"]] == [
        "emergency",
        "urgent",
        "normal",
        "bulk",
    ]
    assert told["workers"][0]["beat_at"] == NOW.isoformat()
    assert told["troubles"][0]["code"] == "no_emergency_worker"


def test_it_tells_no_names_of_people_or_messages(clock, riverside):
    make_people(riverside, 3)
    flow.fanned_out(riverside)
    said = run("--json")[1] + run()[1]
    assert "Person" not in said
    assert "Water off" not in said
    assert "Riverside" not in said
