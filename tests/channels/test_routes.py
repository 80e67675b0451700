"""A route prefers the healthy provider, and moves on what a provider was not asked."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications.channels import Message, Outcome, Receipt, UnknownChannel
from notifications.channels.breaker import ERRORS
from notifications.channels.handover import WAITING_LONGEST
from notifications.channels.routes import Routes
from tests.channels.scripted import (
    Answer,
    Clock,
    Loft,
    accepted,
    away,
    later,
    message,
    messages,
    provider,
    refused,
    unknown,
)


@pytest.fixture
def lofts(settings) -> tuple[Loft, Loft]:
    found = Loft(), Loft()
    table = [provider("first", found[0]), provider("second", found[1])]
    settings.TOCSIN_CHANNELS = {"email": table}
    return found


@pytest.fixture
def alone(settings) -> Loft:
    found = Loft()
    settings.TOCSIN_CHANNELS = {"email": [provider("only", found)]}
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def routes(clock) -> Iterator[Routes]:
    with Routes(clock) as found:
        yield found


def many(count: int) -> list[Message]:
    return messages(*(f"n{number}" for number in range(count)))


def sent(routes: Routes, *names: str) -> dict[str, tuple[str, str]]:
    """Name → what became of it, and with whom."""
    receipts = list(routes.of("email").send(messages(*names)))
    assert len({one.key for one in receipts}) == len(receipts)
    return {
        one.key.removeprefix("entry-"): (one.outcome.value, one.provider)
        for one in receipts
    }


def states(routes: Routes) -> list[str]:
    return [one["state"] for one in routes.states()]


def only_for(name: str, answer: Answer) -> Answer:
    return lambda m: answer(m) if m.to.startswith(f"{name}@") else accepted(m)


def fail_open(routes: Routes, loft: Loft) -> None:
    """Let the breaker of this provider open."""
    loft.answer, before = away, loft.answer
    list(routes.of("email").send(many(ERRORS)))
    loft.answer = before
    loft.asked.clear()


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


def test_the_feed_may_end_with_an_error_after_all_is_answered(lofts, routes):
    def feed() -> Iterator[Message]:
        yield from many(2)
        raise LookupError("the feed's own trouble")

    receipts = routes.of("email").send(feed())
    assert [next(receipts).outcome for _ in range(2)] == ["accepted", "accepted"]
    with pytest.raises(LookupError):
        next(receipts)
    assert states(routes) == ["closed"] * 2


def raising(after: int) -> Answer:
    seen: list[str] = []

    def answer(m: Message) -> Receipt:
        seen.append(m.key)
        if len(seen) > after:
            raise RuntimeError(f"cannot write to {m.to}")
        return accepted(m)

    return answer


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
