"""A route prefers the healthy provider, and moves on what a provider was not asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from notifications.channels import Message, Outcome, Receipt
from notifications.channels.breaker import ERRORS
from notifications.channels.handover import WAITING_LONGEST
from notifications.channels.routes import Routes
from tests.channels.scripted import (
    accepted,
    away,
    fail_open,
    later,
    many,
    message,
    messages,
    only_for,
    refused,
    sent,
    states,
    unknown,
)


def test_the_first_provider_gets_what_it_takes(lofts, routes):
    assert sent(routes, "ada", "bob") == {
        "ada": ("accepted", "first"),
        "bob": ("accepted", "first"),
    }
    assert lofts[1].opened == 0


def test_what_the_first_could_not_be_asked_goes_to_the_second_at_once(lofts, routes):
    lofts[0].answer = only_for("bob", away)
    assert sent(routes, "ada", "bob", "cleo") == {
        "ada": ("accepted", "first"),
        "bob": ("accepted", "second"),
        "cleo": ("accepted", "first"),
    }


@pytest.mark.parametrize("answer", [later, refused, unknown])
def test_an_answer_about_a_message_stays_with_it(lofts, routes, answer):
    lofts[0].answer = answer
    ((_, name),) = sent(routes, "ada").values()
    assert name == "first"
    assert lofts[1].asked == []


def test_the_last_providers_answer_stands(lofts, routes):
    lofts[0].answer = lofts[1].answer = away
    assert sent(routes, "ada") == {"ada": ("temporary", "second")}


def test_a_provider_that_is_away_is_left_alone_after_fifty(lofts, routes):
    lofts[0].answer = away
    receipts = list(routes.of("email").send(many(500)))
    assert {(one.outcome, one.provider) for one in receipts} == {
        (Outcome.ACCEPTED, "second")
    }
    assert len(receipts) == 500
    assert len(lofts[0].asked) == ERRORS
    assert states(routes) == ["open", "closed"]


def test_a_provider_that_puts_everybody_off_is_left_alone(lofts, routes):
    lofts[0].answer = later
    receipts = list(routes.of("email").send(many(500)))
    told = Counter((one.outcome.value, one.provider) for one in receipts)
    assert told == {("temporary", "first"): 50, ("accepted", "second"): 450}


def test_unknown_opens_it_and_never_moves_by_itself(lofts, routes):
    lofts[0].answer = unknown
    receipts = list(routes.of("email").send(many(500)))
    told = Counter((one.outcome.value, one.provider) for one in receipts)
    assert told == {("unknown", "first"): 50, ("accepted", "second"): 450}
    again = list(routes.of("email").send(many(1)))
    assert [one.provider for one in again] == ["second"]


def avoiding(routes: Routes, name: str) -> tuple[str, str]:
    feed = [message("ada", avoid=name), message("bob")]
    receipts = {one.key: one for one in routes.of("email").send(feed)}
    assert len(receipts) == 2
    return receipts["entry-ada"].outcome.value, receipts["entry-ada"].provider


def test_what_a_provider_may_have_already_is_sent_again_through_another(lofts, routes):
    assert avoiding(routes, "first") == ("accepted", "second")
    assert lofts[0].asked == ["bob"]


def test_it_goes_to_the_same_where_there_is_no_other(alone, routes):
    assert avoiding(routes, "only") == ("accepted", "only")


def test_it_waits_for_another_try_when_the_other_breaks_meanwhile(lofts, routes):
    lofts[1].way = "unmade"
    assert avoiding(routes, "first") == ("temporary", "first")
    assert lofts[0].asked == ["bob"]


def test_with_everybody_away_the_rest_is_not_tried(lofts, routes):
    lofts[0].answer = lofts[1].answer = away
    feed = iter(many(500))
    route = routes.of("email")
    tried = list(route.send(feed))
    assert len(tried) + len(list(feed)) == 500
    assert len(tried) <= 2 * ERRORS
    assert 0 < route.wait() <= 2
    assert list(route.send(messages("ada"))) == []


def test_after_a_pause_one_message_probes_and_the_provider_is_used_again(
    lofts, routes, clock
):
    fail_open(routes, lofts[0])
    assert set(sent(routes, "ada", "bob").values()) == {("accepted", "second")}
    clock.now += 2
    assert states(routes) == ["probing", "closed"]
    assert set(sent(routes, "cleo", "dora").values()) == {("accepted", "first")}
    assert states(routes) == ["closed", "closed"]


def test_a_probe_that_fails_goes_to_the_second_with_all_the_others(
    lofts, routes, clock
):
    fail_open(routes, lofts[0])
    lofts[0].answer = away
    clock.now += 2
    assert set(sent(routes, "ada", "bob").values()) == {("accepted", "second")}
    assert lofts[0].asked == ["ada"]
    assert routes.of("email").wait() == 0
    assert states(routes) == ["open", "closed"]


def test_the_first_is_probed_in_the_middle_of_a_long_feed(lofts, routes, clock):
    fail_open(routes, lofts[0])
    lofts[1].asked.clear()

    def slow(m: Message) -> Receipt:
        clock.now += 0.5
        return accepted(m)

    lofts[1].answer = slow
    receipts = list(routes.of("email").send(many(20)))
    assert {one.outcome for one in receipts} == {Outcome.ACCEPTED}
    assert 1 <= len(lofts[1].asked) <= 4
    assert len(lofts[0].asked) == 20 - len(lofts[1].asked)


def test_a_single_provider_is_waited_for(alone, routes, clock):
    alone.answer = away
    route = routes.of("email")
    assert len(list(route.send(many(500)))) == ERRORS
    assert list(route.send(many(1))) == []
    clock.now += route.wait()
    assert route.wait() == 0
    alone.answer = accepted
    assert len(list(route.send(many(10)))) == 10


def test_a_provider_that_asks_for_a_pause_gets_it(alone, routes, clock):
    alone.answer = lambda m: Receipt(
        m.key, Outcome.TEMPORARY, "x", retry_after=90.0, asked=False
    )
    route = routes.of("email")
    (receipt,) = route.send(many(5))
    assert receipt.retry_after == 90
    assert route.wait() == 90
    alone.answer = accepted
    clock.now += 90
    assert len(list(route.send(many(5)))) == 5


def test_a_message_is_taken_only_when_a_provider_takes_it(lofts, routes):
    taken = []

    def feed() -> Iterator[Message]:
        for one in many(3):
            taken.append(one.key)
            yield one

    receipts = routes.of("email").send(feed())
    assert taken == []
    next(receipts)
    assert len(taken) == 1


def test_what_moves_does_not_wait_for_the_end_of_the_feed(lofts, routes, clock):
    lofts[0].answer = only_for("n0", away)

    def feed() -> Iterator[Message]:
        for one in many(10):
            clock.now += WAITING_LONGEST / 2
            yield one

    order = [one.key for one in routes.of("email").send(feed())]
    assert order.index("entry-n0") < 5
