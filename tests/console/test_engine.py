"""The page that says how the engine stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import WorkerBeat
from tests import flow
from tests.personas import make_people

INSIDE = "/c/riverside/admin/delivery/engine/"
OUTSIDE = "/admin/clusters/engine/"


@pytest.fixture
def working(world):
    """Two workers, one of them kept for emergencies, and a provider in trouble."""
    now = timezone.now()
    told = {
        "name": "mailgun",
        "kind": "email",
        "state": "open",
        "since": (now - timedelta(minutes=4)).isoformat(),
        "errors": 57,
    }
    for name, lane, providers in (
        ("quay:1", "all", [told]),
        ("quay:2", "emergency", []),
    ):
        WorkerBeat.objects.create(
            name=name, lane=lane, started_at=now, beat_at=now, providers=providers
        )


def test_with_nothing_running_it_says_what_to_start(sign_in, pia):
    page = sign_in(pia).get(OUTSIDE).text
    assert "No worker is running. Start one: manage.py worker." in page
    assert "manage.py worker --lane emergency" in page
    assert "No worker has given a sign of life" in page


def test_a_manager_sees_numbers_of_all_clusters_and_nobodys_name(
    sign_in, mona, riverside, hilltop, working
):
    make_people(riverside, 3)
    make_people(hilltop, 4)
    flow.fanned_out(riverside)
    flow.fanned_out(hilltop)
    page = sign_in(mona).get(INSIDE).text
    assert '<td class="number" data-label="Waiting">7</td>' in page
    assert "Worker 1" in page
    for secret in ("quay:1", "Hilltop", "Water off", "Person 0"):
        assert secret not in page


def test_a_platform_admin_sees_which_worker_it_is(sign_in, pia, working):
    page = sign_in(pia).get(OUTSIDE).text
    assert "quay:1" in page
    assert "Emergencies only" in page


def test_a_broken_circuit_is_told_in_words(sign_in, mona, working):
    page = sign_in(mona).get(INSIDE).text
    assert "Left alone: too many errors" in page
    assert "4 minutes ago" in page


def test_what_stands_is_shouted(sign_in, mona, riverside, working):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    late = timezone.now() - timedelta(minutes=5)
    dispatch.batches.update(due_at=late)
    page = sign_in(mona).get(INSIDE).text
    assert "note note-bad" in page
    assert "the oldest has been due for 3" in page


def test_its_moving_part_comes_by_itself(sign_in, mona, working):
    part = sign_in(mona).get(INSIDE, headers={"x-requested-with": "XMLHttpRequest"})
    assert "Errors of late" in part.text
    assert "<html" not in part.text
    whole = sign_in(mona).get(INSIDE).text
    assert f'data-refresh-url="{INSIDE}"' in whole


def test_an_approver_may_not_open_it(sign_in, grace):
    assert sign_in(grace).get(INSIDE).status_code == 403


def test_only_platform_admins_open_it_outside_a_cluster(sign_in, mona):
    assert sign_in(mona).get(OUTSIDE).status_code == 403
