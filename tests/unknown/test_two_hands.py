"""On PostgreSQL: two of the staff settle the same unknown ones at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from notifications import scope
from notifications.actions import dispatches
from tests import flow
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.delivery.scripted import answering, unknown
from tests.delivery.test_locks import wait_until_it_waits
from tests.personas import make_person

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite has one writer at a time as it is",
    ),
]


@pytest.fixture
def dispatch(transactional_db, quiet_bell, riverside):
    make_person(riverside, "Ann", email="ann@example.org")
    return flow.fanned_out(riverside)


def test_one_closes_what_another_sends_again_and_neither_fails(
    dispatch, ada, grace, monkeypatch
):
    answering(monkeypatch, unknown)
    flow.deliver()
    again, found = dispatches._again, []

    def slowly(*args):
        worker.start()
        wait_until_it_waits()
        return again(*args)

    def closes():
        try:
            with scope.every_cluster():
                found.append(dispatches.close_unknown(dispatch, by=grace, reason="Old"))
        finally:
            connections.close_all()

    worker = threading.Thread(target=closes)
    monkeypatch.setattr(dispatches, "_again", slowly)
    assert dispatches.resend_unknown(dispatch, by=ada, reason="They have nothing") == 1
    worker.join(20)
    assert found == [0], "there was nothing left to close"
    assert flow.statuses(dispatch) == {"retrying": 1}
