"""A provider in trouble is left alone, and used again as soon as it is well."""

from __future__ import annotations

import pytest
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from notifications.channels import Outcome, Receipt
from notifications.channels.breaker import (
    ENOUGH,
    ERRORS,
    FIRST_PAUSE,
    LONGEST_ASKED,
    LONGEST_PAUSE,
    MEMORY,
    ONE_IN,
    PROBING_SHARE,
    Breaker,
    State,
)
from tests.channels.scripted import Clock


def receipt(outcome: str, *, asked: bool = True, after: float | None = None) -> Receipt:
    return Receipt("k", Outcome(outcome), "p", retry_after=after, asked=asked)


GOOD = receipt("accepted")
AWAY = receipt("temporary", asked=False)
LATER = receipt("temporary")
UNKNOWN = receipt("unknown")
REFUSED = receipt("permanent")
REST = receipt("temporary", asked=False, after=120)


@pytest.fixture
def breaker(clock) -> Breaker:
    # The longest pause of those that it may choose from.
    return Breaker(clock, lambda shortest, longest: longest)


def give(breaker: Breaker, *answers: Receipt) -> None:
    for answer in answers:
        assert breaker.ready()
        breaker.taken()
        breaker.record(answer)


def open_up(breaker: Breaker) -> None:
    give(breaker, *[AWAY] * ERRORS)
    assert breaker.state is State.OPEN


@pytest.mark.parametrize("error", [AWAY, UNKNOWN])
def test_it_opens_with_the_fiftieth_error_however_much_went_well(breaker, error):
    give(breaker, *[GOOD] * 10_000, *[error] * (ERRORS - 1))
    assert breaker.ready()
    give(breaker, error)
    assert not breaker.ready()


def test_errors_of_more_than_a_minute_ago_are_forgotten(breaker, clock):
    give(breaker, *[GOOD] * 10_000, *[AWAY] * (ERRORS - 1))
    clock.now += MEMORY
    give(breaker, *[GOOD] * 10_000, AWAY)
    assert breaker.state is State.CLOSED
    assert breaker.errors == 1


def test_it_opens_when_one_in_five_is_put_off(breaker):
    give(breaker, *[GOOD] * 80, *[LATER] * 19)
    assert breaker.state is State.CLOSED
    give(breaker, LATER)
    assert breaker.state is State.OPEN


def test_a_few_results_say_nothing_of_the_ratio(breaker):
    give(breaker, *[LATER] * (ENOUGH - 1))
    assert breaker.state is State.CLOSED
    give(breaker, LATER)
    assert breaker.state is State.OPEN


def test_refused_addresses_never_open_it(breaker):
    give(breaker, *[REFUSED] * 10_000)
    assert breaker.state is State.CLOSED
    # Nor do they make light of what is put off.
    give(breaker, *[LATER] * ENOUGH)
    assert breaker.state is State.OPEN


def test_one_message_is_the_probe_and_closes_it(breaker, clock):
    open_up(breaker)
    clock.now += FIRST_PAUSE
    assert breaker.state is State.PROBING
    assert breaker.ready()
    breaker.taken()
    assert not breaker.ready()
    breaker.record(GOOD)
    assert breaker.state is State.CLOSED
    give(breaker, *[GOOD] * 100)


def test_what_was_before_is_forgotten_when_it_closes(breaker, clock):
    open_up(breaker)
    clock.now += FIRST_PAUSE
    give(breaker, GOOD, *[AWAY] * (ERRORS - 1))
    assert breaker.state is State.CLOSED


@pytest.mark.parametrize("answer", [AWAY, LATER, UNKNOWN])
def test_pauses_double_up_to_half_a_minute(breaker, clock, answer):
    open_up(breaker)
    pauses = []
    for _ in range(6):
        pauses.append(breaker.wait())
        clock.now += breaker.wait()
        give(breaker, answer)
    assert pauses == [2, 4, 8, 16, 30, 30]


def test_pauses_go_on_growing_for_a_provider_that_is_well_for_a_moment(breaker, clock):
    pauses = []
    for well in (0, 0, MEMORY + 1):
        open_up(breaker)
        pauses.append(breaker.wait())
        clock.now += breaker.wait()
        give(breaker, GOOD)
        clock.now += well
    open_up(breaker)
    assert [*pauses, breaker.wait()] == [2, 4, 8, 2]


def test_a_probe_of_a_refused_address_says_nothing_and_the_next_is_another(
    breaker, clock
):
    open_up(breaker)
    clock.now += FIRST_PAUSE
    give(breaker, REFUSED, REFUSED, GOOD)
    assert breaker.state is State.CLOSED


def test_a_probe_whose_answer_nobody_heard_says_nothing(breaker, clock):
    open_up(breaker)
    clock.now += FIRST_PAUSE
    breaker.taken()
    breaker.forget()
    assert breaker.ready()


def test_a_provider_that_hangs_is_probed_the_less_the_longer_it_hangs(breaker, clock):
    open_up(breaker)
    clock.now += breaker.wait()
    breaker.taken()
    clock.now += 20
    breaker.record(AWAY)
    assert breaker.wait() == 20 * (PROBING_SHARE - 1)


def test_a_pause_that_the_provider_asks_for_is_kept(breaker, clock):
    give(breaker, GOOD, REST)
    assert breaker.wait() == 120
    clock.now += 120
    give(breaker, GOOD, GOOD)
    assert breaker.state is State.CLOSED


def test_a_pause_that_never_ends_is_asked_about_again(breaker):
    give(breaker, receipt("temporary", after=1e9))
    assert breaker.wait() == LONGEST_ASKED


def test_answers_that_come_late_do_not_close_it(breaker):
    for _ in range(ERRORS + 2):
        breaker.taken()
    for _ in range(ERRORS):
        breaker.record(AWAY)
    wait = breaker.wait()
    breaker.record(GOOD)
    breaker.record(AWAY)
    assert breaker.state is State.OPEN
    assert breaker.wait() == wait


def test_it_says_since_when_it_is_open_whatever_the_probes_say(breaker, clock):
    assert breaker.open_for is None
    open_up(breaker)
    clock.now += FIRST_PAUSE
    give(breaker, AWAY)
    clock.now += 1
    assert breaker.open_for == FIRST_PAUSE + 1
    assert breaker.errors == ERRORS + 1


COUNTS = st.sampled_from([1, 2, 9, 10, 11, 39, 40, 49, 50])
ANSWERS = st.sampled_from([GOOD, AWAY, LATER, UNKNOWN, REFUSED] * 3 + [REST])


class AnyDay(RuleBasedStateMachine):
    """Whatever a provider answers, whenever: the promises hold.

    `told` is what came back since it last closed, with the second that it came in.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = Breaker(self.clock)
        self.flying = 0
        self.told: list[tuple[int, Receipt]] = []

    @rule(seconds=st.sampled_from([0.5, 2, 29, 59, 60, 61, 900]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @precondition(lambda self: self.breaker.ready())
    @rule(count=COUNTS)
    def messages_are_handed_over(self, count: int) -> None:
        closed = self.breaker.state is State.CLOSED
        if not closed:
            # A route probes when all that went before is answered.
            self.answers_come(UNKNOWN, self.flying)
        for _ in range(count):
            if self.breaker.ready():
                self.breaker.taken()
                self.flying += 1
        assert self.breaker.ready() is closed

    @rule(answer=ANSWERS, count=COUNTS)
    def answers_come(self, answer: Receipt, count: int) -> None:
        for _ in range(min(count, self.flying)):
            self.one_answer(answer)

    @precondition(lambda self: self.breaker.ready())
    @rule(answer=ANSWERS, count=COUNTS)
    def messages_go_and_are_answered(self, answer: Receipt, count: int) -> None:
        for _ in range(count):
            if self.breaker.ready():
                self.messages_are_handed_over(1)
                self.one_answer(answer)

    def one_answer(self, answer: Receipt) -> None:
        before, probing = self.breaker.state, not self.breaker.ready()
        self.flying -= 1
        self.breaker.record(answer)
        self.told.append((int(self.clock.now), answer))
        opened = before is State.CLOSED and self.breaker.state is not State.CLOSED
        closed = before is not State.CLOSED and self.breaker.state is State.CLOSED
        if before is State.CLOSED:
            assert opened is (answer is REST or self.is_bad(answer))
        if closed:
            assert probing
            assert answer.outcome is Outcome.ACCEPTED
            self.told.clear()

    def is_bad(self, answer: Receipt) -> bool:
        """The rule itself, counted out one by one."""
        first = int(self.clock.now) - MEMORY
        found = [each for at, each in self.told if at > first]
        found = [each for each in found if each.outcome is not Outcome.PERMANENT]
        bad = [each for each in found if each.outcome is not Outcome.ACCEPTED]
        away = [e for e in bad if e.outcome is Outcome.UNKNOWN or not e.asked]
        often = len(found) >= ENOUGH and len(bad) * ONE_IN >= len(found)
        answered_badly = answer in (AWAY, LATER, UNKNOWN)
        return answered_badly and (len(away) >= ERRORS or often)

    @invariant()
    def nothing_is_handed_over_while_it_is_open(self) -> None:
        if self.breaker.state is State.OPEN:
            assert self.breaker.wait() > 0
            assert not self.breaker.ready()

    @invariant()
    def it_never_waits_for_ever(self) -> None:
        hung = (PROBING_SHARE - 1) * (self.breaker.open_for or 0)
        assert self.breaker.wait() <= max(LONGEST_PAUSE, LONGEST_ASKED, hung)

    def teardown(self) -> None:
        """A provider that is well is used again, after one probe at most."""
        self.answers_come(GOOD, self.flying)
        self.clock.now += self.breaker.wait()
        give(self.breaker, GOOD)
        assert self.breaker.state is State.CLOSED
        give(self.breaker, *[GOOD] * 100)


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = hypothesis(max_examples=60, stateful_step_count=40, deadline=None)
