"""Two mail servers on this machine: one in trouble, the other gets the mail."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from notifications.channels import Message, Receipt
from notifications.channels.breaker import ERRORS
from notifications.channels.routes import Routes
from tests.channels.letters import compose
from tests.channels.sink import Hang, Refuse, Sink

EMAIL = "notifications.channels.email.EmailChannel"
SENDER = "office@riverside.example"
CONNECTIONS = 4
#: So many messages can be on their way: a pipelined one behind each.
FLYING = 2 * CONNECTIONS


@pytest.fixture
def second() -> Iterator[Sink]:
    with Sink() as found:
        yield found


def use(settings, first: int, second: Sink) -> None:
    """Two servers by their ports; with the first there is little patience."""
    settings.TOCSIN_CHANNELS = {
        "email": [
            {
                "name": name,
                "class": EMAIL,
                "options": {
                    "url": f"smtp://127.0.0.1:{port}"
                    f"?timeout={patience}&connections={CONNECTIONS}"
                },
            }
            for name, port, patience in (
                ("first", first, 0.3),
                ("second", second.port, 20),
            )
        ]
    }


def notices(count: int, prefix: str = "n") -> list[Message]:
    return [
        compose(
            key=f"{prefix}{number}",
            to=f"{prefix}{number}@example.org",
            sender=SENDER,
            subject="Water off",
            text="On Tuesday.\n",
        )
        for number in range(count)
    ]


def send(routes: Routes, messages: list[Message]) -> list[Receipt]:
    receipts = list(routes.of("email").send(messages))
    assert sorted(r.key for r in receipts) == sorted(m.key for m in messages)
    return receipts


def told(receipts: list[Receipt]) -> Counter[tuple[str, str]]:
    return Counter((one.outcome.value, one.provider) for one in receipts)


def state(routes: Routes) -> str:
    return routes.states()[0]["state"]


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_while_the_first_refuses_connections_the_second_gets_everything(
    settings, second, routes, clock
):
    port = closed_port()
    use(settings, port, second)
    assert told(send(routes, notices(300))) == {("accepted", "second"): 300}
    assert state(routes) == "open"
    assert routes.states()[0]["errors"] <= ERRORS + FLYING

    with Sink(port=port) as first:
        clock.now += 2
        assert told(send(routes, notices(50, "m"))) == {("accepted", "first"): 50}
        assert state(routes) == "closed"
        arrived = first.keys() + second.keys()
        assert len(arrived) == len(set(arrived)) == 350


def test_a_server_that_takes_connections_and_says_nothing_is_left_for_the_second(
    settings, second, routes
):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(settings, silent.getsockname()[1], second)
        assert told(send(routes, notices(300))) == {("accepted", "second"): 300}
        assert state(routes) == "open"


def test_a_server_that_puts_everybody_off_is_left_for_the_second(
    settings, second, routes, clock
):
    with Sink() as first:
        use(settings, first.port, second)
        messages = notices(300)
        for one in messages:
            first.faults[one.to] = Refuse(451, "try later", "RCPT")
        found = send(routes, messages)
        put_off = [one.key for one in found if not one.accepted]
        # An answer about a message stays with it, and is tried again by the engine.
        assert ERRORS <= len(put_off) <= ERRORS + FLYING
        assert told(found)["accepted", "second"] == 300 - len(put_off)
        again = [one for one in messages if one.key in put_off]
        assert told(send(routes, again)) == {("accepted", "second"): len(again)}

        first.faults.clear()
        clock.now += 2
        assert told(send(routes, notices(50, "m"))) == {("accepted", "first"): 50}


def test_a_server_that_does_not_want_us_now_is_left_for_the_second(
    settings, second, routes
):
    with Sink() as first:
        first.faults[SENDER] = Refuse(451, "not now", "MAIL")
        use(settings, first.port, second)
        assert told(send(routes, notices(300))) == {("accepted", "second"): 300}
        assert first.keys() == []


def test_what_a_server_may_have_is_sent_by_no_other(settings, second, routes):
    with Sink() as first:
        use(settings, first.port, second)
        messages = notices(100)
        doubtful = {one.key for one in messages[:CONNECTIONS]}
        for one in messages[:CONNECTIONS]:
            first.faults[one.to] = Hang("DOT")
        found = send(routes, messages)
        assert {one.key for one in found if one.outcome == "unknown"} == doubtful
        arrived = first.keys() + second.keys()
        assert sorted(arrived) == sorted(one.key for one in messages)
        assert doubtful <= set(first.keys())


def test_a_server_that_goes_away_in_the_middle_costs_nobody_a_message(
    settings, second, routes, clock
):
    with Sink() as first:
        use(settings, first.port, second)

        def feed() -> Iterator[Message]:
            for number, one in enumerate(notices(300)):
                if number == 100:
                    first.greeting = "421 closing"
                    first.drop_connections()
                yield one

        receipts = list(routes.of("email").send(feed()))
        assert len(receipts) == 300
        first_got, second_got = set(first.keys()), set(second.keys())
        assert not first_got & second_got
        unknown = {one.key for one in receipts if one.outcome == "unknown"}
        assert len(unknown) <= FLYING
        accepted = {one.key for one in receipts if one.accepted}
        assert accepted <= first_got | second_got
        assert accepted | unknown == {one.key for one in receipts}

        first.greeting = ""
        clock.now += 2
        assert told(send(routes, notices(50, "m"))) == {("accepted", "first"): 50}
