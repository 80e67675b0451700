"""With two mail servers, nobody waits for the one that is in trouble."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from notifications.channels.routes import Routes
from tests import flow
from tests.channels.scripted import Clock
from tests.channels.sink import Drop, Refuse, Sink
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services

EMAIL = "notifications.channels.email.EmailChannel"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def routes(clock) -> Iterator[Routes]:
    """What a worker keeps as long as it lives."""
    with Routes(clock) as found:
        yield found


@pytest.fixture
def port() -> int:
    """Where the first server is not."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def second(settings, port) -> Iterator[Sink]:
    with Sink() as found:
        settings.TOCSIN_CHANNELS = {
            "email": [
                {"name": name, "class": EMAIL, "options": {"url": url}}
                for name, url in (
                    ("first", f"smtp://127.0.0.1:{port}"),
                    ("second", f"smtp://127.0.0.1:{found.port}"),
                )
            ]
        }
        yield found


def providers(dispatch) -> set[tuple[str, str, int]]:
    return set(flow.entries(dispatch).values_list("status", "provider", "attempts"))


def test_while_the_first_is_down_the_second_takes_all_and_the_log_says_so(
    riverside, port, second, routes, clock
):
    make_people(riverside, 120)
    dispatch = flow.fanned_out(riverside)
    flow.deliver(routes=routes)
    assert providers(dispatch) == {("sent", "second", 1)}
    assert len(second.keys()) == len(set(second.keys())) == 120
    assert [one["state"] for one in routes.states()] == ["open", "closed"]

    with Sink(port=port) as first:
        clock.now += 2
        again = flow.fanned_out(riverside)
        flow.deliver(routes=routes)
        assert providers(again) == {("sent", "first", 1)}
        assert len(first.keys()) == 120


def test_with_both_down_nothing_is_lost_and_no_try_is_used_up(
    riverside, second, routes, clock
):
    make_people(riverside, 120)
    second.greeting = "421 not now"
    dispatch = flow.fanned_out(riverside)
    flow.deliver(routes=routes)
    assert not flow.entries(dispatch).exclude(status__in=["planned", "retrying"])
    assert set(flow.entries(dispatch).values_list("attempts", flat=True)) == {0}

    second.greeting = ""
    clock.now += 2
    flow.make_due()
    flow.deliver(routes=routes)
    assert providers(dispatch) == {("sent", "second", 1)}


def test_an_address_that_one_refuses_is_tried_with_no_other(
    riverside, port, second, routes
):
    make_person(riverside, "Ann", email="ann@example.org")
    with Sink(port=port) as first:
        first.faults["ann@example.org"] = Refuse(550, "no such user")
        dispatch = flow.fanned_out(riverside)
        flow.deliver(routes=routes)
    assert providers(dispatch) == {("failed", "first", 1)}
    assert second.keys() == []


def test_an_emergency_that_may_have_arrived_is_sent_again_by_the_other(
    riverside, settings, gas_leak
):
    make_person(riverside, "Ann", email="ann@example.org")
    with Sink() as first, Sink() as other:
        first.faults["ann@example.org"] = Drop("DOT")
        settings.TOCSIN_CHANNELS = {
            "email": [
                {"name": name, "class": EMAIL, "options": {"url": url}}
                for name, url in (
                    ("first", f"smtp://127.0.0.1:{first.port}"),
                    ("other", f"smtp://127.0.0.1:{other.port}"),
                )
            ]
        }
        dispatch = flow.fanned_out(riverside, event=gas_leak)
        flow.deliver()
        assert providers(dispatch) == {("retrying", "first", 1)}
        flow.make_due()
        flow.deliver()
        assert providers(dispatch) == {("sent", "other", 2)}
        assert first.keys() == other.keys()
