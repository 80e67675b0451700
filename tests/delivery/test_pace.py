"""A window is about as many as go out in a moment, never too few and never too many."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from notifications.delivery import pace
from notifications.delivery.pace import FIRST, LEAST, MOMENT, MOST, OVERDUE, Pace
from tests.channels.scripted import Clock


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "monotonic", clock)
    return clock


def sizes(clock: Clock, took: Callable[[int], float], windows: int = 12) -> list[int]:
    """The windows of a run, each of which takes as long as `took` says of its size."""
    learnt = Pace()
    learnt.begin()
    found = []
    for _ in range(windows):
        found.append(learnt.next())
        clock.now += took(found[-1])
    return found


def test_the_bounds_are_what_the_documents_promise():
    assert (FIRST, LEAST, MOST, MOMENT) == (50, 10, 1_000, 0.25)


def test_with_a_fast_provider_windows_grow_up_to_a_thousand(clock):
    assert sizes(clock, lambda size: 0.0)[:7] == [50, 100, 200, 400, 800, 1000, 1000]


def test_with_a_slow_provider_windows_shrink_down_to_ten(clock):
    assert sizes(clock, lambda size: 60.0)[:5] == [50, 25, 12, 10, 10]


@pytest.mark.parametrize("rate", [100, 1_000, 3_000])
def test_a_window_settles_at_about_a_moment_of_work(clock, rate):
    found = sizes(clock, lambda size: size / rate)
    assert found[-1] == found[-2]
    assert MOMENT / 2 <= found[-1] / rate <= MOMENT * 2


def test_a_provider_that_becomes_slow_is_asked_for_less_at_once(clock):
    learnt = Pace()
    learnt.begin()
    for _ in range(6):
        learnt.next()
        clock.now += 0.01
    assert learnt.next() == MOST
    after = []
    for _ in range(7):
        clock.now += 5
        after.append(learnt.next())
    assert all(later < earlier for earlier, later in pairwise(after))
    assert after[-1] == LEAST


def test_a_new_run_forgets_the_pause_before_it_and_keeps_what_it_learnt(clock):
    learnt = Pace()
    learnt.begin()
    for _ in range(3):
        size = learnt.next()
        clock.now += 0.01
    clock.now += 3_600
    learnt.begin()
    assert not learnt.overdue()
    assert learnt.next() == size


def test_outcomes_are_overdue_after_a_second_until_they_are_written(clock):
    learnt = Pace()
    learnt.begin()
    clock.now += OVERDUE
    assert not learnt.overdue()
    clock.now += 0.01
    assert learnt.overdue()
    learnt.written()
    assert not learnt.overdue()
