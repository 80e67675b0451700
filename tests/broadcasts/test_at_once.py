"""Twenty approvals at the same moment make one move; each of the others is told why."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from notifications import scope
from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.errors import MoveRefused
from notifications.models import Broadcast, Dispatch, PublishedAlert, Role
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.personas import join, make_user

pytestmark = pytest.mark.services

MANY = 20
YES = {"confirmed_people": 3, "typed_people": 3}


@pytest.fixture
def approvers(transactional_db, quiet_bell, careful):
    users = [make_user(f"approver{n}@example.org", f"A{n}") for n in range(MANY)]
    for user in users:
        join(user, careful, Role.APPROVER)
    return users


def at_once(broadcast, users, act) -> list[str]:
    """What each of them is told; on SQLite, which has one writer, one after another.

    All have loaded the page before the first one presses.
    """
    loaded = [Broadcast.objects.get(pk=broadcast.pk) for _user in users]
    told: list[str] = []
    ready = threading.Barrier(len(users))

    def press(one, user, *, together):
        try:
            if together:
                ready.wait(20)
            with scope.every_cluster():
                act(one, user)
            told.append("done")
        except MoveRefused as refused:
            told.append(str(refused))
        finally:
            if together:
                connections.close_all()

    if connection.vendor != "postgresql":
        for one, user in zip(loaded, users, strict=True):
            press(one, user, together=False)
        return told
    threads = [
        threading.Thread(target=press, args=pair, kwargs={"together": True})
        for pair in zip(loaded, users, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return told


def test_twenty_approvals_make_one_broadcast(approvers, submitted):
    told = at_once(
        submitted,
        approvers,
        lambda one, user: broadcasts.approve(one, by=user, **YES),
    )
    assert len(told) == MANY
    assert told.count("done") == 1
    assert all("nothing was done" in each for each in told if each != "done")
    submitted.refresh_from_db()
    assert submitted.status == "live"
    assert Dispatch.objects.filter(broadcast=submitted).count() == 1
    assert PublishedAlert.objects.filter(broadcast=submitted).count() == 1
    lives = submitted.history.filter(status="live")
    assert lives.count() == 1


def test_one_approves_while_others_return_it(approvers, submitted):
    def act(one, user):
        if user.pk % 2:
            broadcasts.approve(one, by=user, **YES)
        else:
            broadcasts.return_to_author(one, by=user, reason="Wrong place")

    told = at_once(submitted, approvers, act)
    submitted.refresh_from_db()
    sent = Dispatch.objects.filter(broadcast=submitted).count()
    assert told.count("done") == 1
    assert sent == (1 if submitted.status == "live" else 0)


def test_twenty_taps_on_all_clear_send_it_once(approvers, submitted, grace):
    broadcasts.approve(submitted, by=grace, **YES)
    told = at_once(
        submitted,
        approvers,
        lambda one, user: broadcasts.follow_up(one, Purpose.ALL_CLEAR, by=user),
    )
    assert told.count("done") == 1
    assert submitted.dispatches.filter(purpose=Purpose.ALL_CLEAR).count() == 1
