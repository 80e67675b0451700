"""Some of the faults of ``make chaos``, small: real workers, killed and stopped."""

from __future__ import annotations

import pytest

from tests.chaos.faults import killed, stopped

pytestmark = pytest.mark.services


def test_killed_in_the_middle_nobody_gets_it_twice_and_doubts_are_listed(
    finding, place
):
    killed.routine(finding, place, people=400, kills=3)


def test_killed_in_an_emergency_everybody_gets_it(finding, place):
    killed.emergency(finding, place, people=400, kills=3)


def test_a_provider_that_knows_keys_leaves_no_doubt(finding, place):
    killed.keyed(finding, place, people=300, kills=2)


def test_told_to_stop_it_finishes_what_it_has_and_leaves_nothing_in_doubt(
    finding, place
):
    stopped.deploys(finding, place, people=400, stops=2)


def test_who_waits_when_it_is_cancelled_never_gets_it(finding, place):
    stopped.cancelled(finding, place, people=500)


def test_who_opts_out_in_the_middle_never_gets_it(finding, place):
    stopped.opted_out(finding, place, people=500)
