"""Whatever a channel does, every message taken has one receipt, and others go on."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications.channels import Message, Receipt, UnknownChannel
from notifications.channels.breaker import ERRORS
from notifications.channels.routes import Routes
from tests.channels.scripted import (
    Answer,
    Clock,
    Loft,
    accepted,
    away,
    fail_open,
    later,
    many,
    message,
    provider,
    raising,
    refused,
    sent,
    states,
    unknown,
)


def test_the_feed_may_end_with_an_error_after_all_is_answered(lofts, routes):
    def feed() -> Iterator[Message]:
        yield from many(2)
        raise LookupError("the feed's own trouble")

    receipts = routes.of("email").send(feed())
    assert [next(receipts).outcome for _ in range(2)] == ["accepted", "accepted"]
    with pytest.raises(LookupError):
        next(receipts)
    assert states(routes) == ["closed"] * 2


def test_a_channel_that_raises_leaves_what_it_has_unknown(lofts, routes, caplog):
    lofts[0].answer = raising(after=1)
    with caplog.at_level(logging.ERROR):
        assert sent(routes, "ada", "bob", "cleo") == {
            "ada": ("accepted", "first"),
            "bob": ("unknown", "first"),
            "cleo": ("accepted", "second"),
        }
    assert "channel first raised: RuntimeError" in caplog.text
    assert "example.org" not in caplog.text


def test_a_channel_that_raised_is_closed_and_made_anew(alone, routes, clock):
    alone.answer = raising(after=0)
    sent(routes, "ada")
    assert (alone.opened, alone.closed) == (1, 1)
    alone.answer = accepted
    clock.now += 2
    assert sent(routes, "bob") == {"bob": ("accepted", "only")}
    assert alone.opened == 2


@pytest.mark.parametrize("way", ["silent", "idle", "deaf", "unmade"])
def test_a_channel_that_keeps_no_promise_is_left_for_the_next(
    lofts, routes, way, caplog
):
    lofts[0].way = way
    found = sent(routes, "ada", "bob")
    first = ("unknown", "first") if way == "silent" else ("accepted", "second")
    assert found == {"ada": first, "bob": ("accepted", "second")}
    assert states(routes) == ["open", "closed"]
    assert "example.org" not in caplog.text


def test_an_answer_that_nobody_asked_for_is_left_out(lofts, routes, caplog):
    lofts[0].answer = lambda m: accepted(message("mallory") if "bob" in m.to else m)
    assert sent(routes, "ada", "bob") == {
        "ada": ("accepted", "first"),
        "bob": ("unknown", "first"),
    }
    assert "nobody asked" in caplog.text


def test_a_probe_that_is_broken_off_may_be_made_again(alone, routes, clock):
    def stop(m: Message) -> Receipt:
        raise KeyboardInterrupt

    fail_open(routes, alone)
    clock.now += 2
    alone.answer = stop
    with pytest.raises(KeyboardInterrupt):
        sent(routes, "ada")
    alone.answer = accepted
    assert sent(routes, "bob") == {"bob": ("accepted", "only")}


def test_a_kind_that_nobody_set_up_is_said(lofts, routes):
    with pytest.raises(UnknownChannel):
        routes.of("fax")


def test_a_provider_that_is_not_installed_is_said(settings, routes):
    settings.TOCSIN_CHANNELS = {"email": [{"name": "a", "class": "nowhere.Channel"}]}
    with pytest.raises(ImportError):
        routes.of("email")


def test_only_one_provider_can_vouch_for_no_doubles(settings, clock):
    careful = [provider(n, Loft(deduplicates=True)) for n in ("first", "second")]
    settings.TOCSIN_CHANNELS = {"email": careful}
    assert not Routes(clock).of("email").deduplicates
    settings.TOCSIN_CHANNELS = {"email": careful[:1]}
    assert Routes(clock).of("email").deduplicates


def test_a_class_alone_names_itself(settings, routes):
    settings.TOCSIN_CHANNELS = {"email": "tests.channels.scripted.Plain"}
    assert sent(routes, "ada") == {"ada": ("accepted", "x")}
    assert routes.states()[0]["name"] == "plain"


def test_trouble_and_its_end_are_in_the_process_log(alone, routes, clock, caplog):
    fail_open(routes, alone)
    clock.now += 2
    sent(routes, "ada")
    trouble, end = (one.getMessage() for one in caplog.records)
    assert re.fullmatch("provider only left alone for [12] s: away", trouble)
    assert end == "provider only is well again"


def test_states_say_since_when_and_how_often(lofts, routes, clock, time_machine):
    time_machine.move_to("2026-11-20T03:10:30+00:00", tick=False)
    fail_open(routes, lofts[0])
    clock.now += 1
    assert routes.states() == [
        {
            "name": "first",
            "kind": "email",
            "state": "open",
            "since": "2026-11-20T03:10:29+00:00",
            "errors": ERRORS,
        },
        {
            "name": "second",
            "kind": "email",
            "state": "closed",
            "since": None,
            "errors": 0,
        },
    ]


def test_closing_keeps_what_the_breakers_know(lofts, routes):
    fail_open(routes, lofts[0])
    routes.close()
    assert lofts[0].closed == lofts[1].closed == 1
    assert set(sent(routes, "ada").values()) == {("accepted", "second")}


ANSWERS = [accepted, accepted, away, later, refused, unknown, raising(after=0)]


@given(
    scripts=st.lists(st.lists(st.sampled_from(ANSWERS), max_size=150), max_size=3),
    sends=st.lists(
        st.tuples(st.integers(0, 120), st.sampled_from([0, 1, 2, 60])), max_size=4
    ),
)
@hypothesis(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=80,
    deadline=None,
)
def test_every_message_taken_gets_one_receipt_and_no_other(settings, scripts, sends):
    lofts = [Loft(answer=script(answers)) for answers in [*scripts, []]]
    table = [provider(f"p{place}", loft) for place, loft in enumerate(lofts)]
    settings.TOCSIN_CHANNELS = {"email": table}
    clock = Clock()
    route = Routes(clock).of("email")
    for count, pause in sends:
        taken: list[str] = []

        def feed(count: int = count, taken: list[str] = taken) -> Iterator[Message]:
            for one in many(count):
                taken.append(one.key)
                yield one

        receipts = list(route.send(feed()))
        assert Counter(one.key for one in receipts) == Counter(taken)
        assert len(taken) == count or route.wait() > 0
        clock.now += pause


def script(answers: list[Answer]) -> Answer:
    """Each answer once, in turn; then all is well."""
    left = iter(answers)
    return lambda m: next(left, accepted)(m)
