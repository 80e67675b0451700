"""What probes are told, with everything there and with each part away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from console import health
from notifications.models import Batch, WorkerBeat
from tests import flow
from tests.personas import make_people

pytestmark = pytest.mark.services


@pytest.fixture
def workers(world):
    """One for every lane and one kept for emergencies, both alive."""
    now = timezone.now()
    for name, lane in (("quay:1", "all"), ("quay:2", "emergency")):
        WorkerBeat.objects.create(name=name, lane=lane, started_at=now, beat_at=now)


class Away:
    """A database that does not answer."""

    def cursor(self):
        raise OperationalError("could not connect to server at 10.0.0.7 as tocsin")


@pytest.fixture
def no_database(monkeypatch):
    monkeypatch.setattr(health, "connection", Away())


def ask(probe: str = "ready", **headers: str):
    answer = Client().get(f"/health/{probe}", headers=headers or None)
    return answer.status_code, answer.json()


def failing() -> set[str]:
    status, told = ask()
    bad = {name for name, check in told["checks"].items() if not check["ok"]}
    assert status == (503 if bad else 200)
    assert told["status"] == ("not ready" if bad else "ready")
    return bad


def test_the_old_probe_needs_nobody(db):
    answer = Client().get("/health/")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_the_old_probe_says_that_the_database_is_away(no_database):
    answer = Client().get("/health/")
    assert (answer.status_code, answer.text) == (503, "no database\n")


def test_a_process_is_live_without_its_database(no_database):
    assert ask("live") == (200, {"status": "live"})


def test_with_everything_there_it_is_ready(workers):
    assert failing() == set()


def test_probes_come_by_any_host_name_and_over_plain_http(workers, settings):
    settings.ALLOWED_HOSTS = ["tocsin.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    assert ask("live", host="10.1.2.3:8000")[0] == 200
    assert ask("ready", host="10.1.2.3:8000")[0] == 200


def test_without_its_database_it_is_not_ready_and_says_no_more(no_database):
    status, told = ask()
    assert status == 503
    assert set(told["checks"]) == {"database", "doorbell"}
    assert told["checks"]["database"]["says"] == "The database does not answer."
    assert "10.0.0.7" not in str(told)


def test_without_its_queue_it_is_not_ready(workers, settings):
    options = {"storage": "redis", "name": "x", "url": "redis://127.0.0.1:1/0"}
    settings.HUEY_QUEUES = {"main": options, "emergency": options}
    assert failing() == {"doorbell"}


@pytest.mark.parametrize(
    ("lane", "check"), [("all", "worker"), ("emergency", "emergency_worker")]
)
def test_a_silent_worker_is_missed(workers, lane, check):
    silent = timezone.now() - timedelta(seconds=31)
    WorkerBeat.objects.filter(lane=lane).update(beat_at=silent)
    assert failing() == {check}


def test_work_that_nobody_does_is_missed(workers, riverside):
    make_people(riverside, 1)
    flow.fanned_out(riverside)
    late = timezone.now() - timedelta(seconds=200)
    Batch.objects.update(due_at=late)
    assert failing() == {"oldest_due"}
    assert ask()[1]["checks"]["oldest_due"]["seconds"] >= 200


def test_probes_only_read(workers):
    assert Client().post("/health/ready").status_code == 405


def test_what_probes_are_told_is_never_kept(workers):
    assert Client().get("/health/ready")["Cache-Control"] == "no-store"


def test_what_is_amiss_is_told_to_the_probe_and_not_to_the_log(workers, caplog):
    WorkerBeat.objects.all().delete()
    assert ask()[0] == 503
    assert caplog.records == []


def test_no_other_address_is_a_probe(world):
    assert Client().get("/health/nothing").status_code == 404
