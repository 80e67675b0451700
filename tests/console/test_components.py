"""The components show every status as word, icon and colour, and never miscount."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from console import moments
from console.components import BALANCE_ORDER, KINDS, LOOKS, Fact, Step, balance
from notifications.lifecycle import EntryStatus

NARROW = "\N{NARROW NO-BREAK SPACE}"
NOW = datetime(2026, 11, 3, 10, 42, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    whole = Template("{% load console_components %}" + source).render(Context(context))
    # Not split(): it would also eat the narrow spaces.
    return re.sub(r"[ \n]+", " ", whole).strip()


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_status_has_a_look(kind: str) -> None:
    assert set(LOOKS[KINDS[kind]]) == set(KINDS[kind])


@pytest.mark.parametrize(
    ("kind", "status"), [(kind, s) for kind in KINDS for s in KINDS[kind]]
)
def test_a_status_is_a_word_an_icon_and_a_colour(kind: str, status: str) -> None:
    pill = render("{% status_pill status kind %}", status=str(status), kind=kind)
    assert str(KINDS[kind](status).label) in pill
    assert "<svg" in pill
    assert "tone-" in pill


def test_the_balance_has_a_place_for_every_status() -> None:
    assert set(BALANCE_ORDER) == set(EntryStatus)


def test_the_balance_says_its_sum_and_each_number_is_a_link() -> None:
    bar = render(
        "{% balance_bar counts 1204 '/log/?dispatch=7' %}",
        counts={"sent": 1180, "failed": 9, "skipped": 15, "planned": 0},
    )
    assert f"<b>1{NARROW}204</b> planned" in bar
    assert f"<b>1{NARROW}180</b> sent" in bar
    assert 'href="/log/?dispatch=7&amp;status=failed"' in bar
    assert "do not add up" not in bar


def test_a_balance_that_does_not_add_up_shouts() -> None:
    bar = render("{% balance_bar counts 12 %}", counts={"sent": 10})
    assert 'role="alert"' in bar
    assert "12 planned, 10 accounted for, a difference of 2" in bar


def test_an_empty_balance_is_no_fault() -> None:
    assert balance({}, 0).adds_up
    assert "= 0" in render("{% balance_bar counts 0 %}", counts={})


def test_facts_have_change_links_where_one_may_change_them() -> None:
    listed = render(
        "{% facts rows %}", rows=[Fact("Name", "<b>"), Fact("When", "Now", "/when/")]
    )
    assert "&lt;b&gt;" in listed
    assert listed.count("Change<") == 1
    assert 'href="/when/"' in listed


def test_steps_of_machines_are_folded() -> None:
    made = [Step(NOW, "Ada", "Released")]
    made += [Step(NOW, "Tocsin", "Sent", machine=True) for _ in range(3)]
    line = render("{% timeline steps %}", steps=made)
    assert "3 steps by Tocsin" in line
    assert line.count("<details") == 1


def test_one_step_of_a_machine_is_not_worth_folding() -> None:
    line = render(
        "{% timeline steps %}", steps=[Step(NOW, "Tocsin", "Sent", machine=True)]
    )
    assert "<details" not in line


def test_progress_without_a_total_divides_by_nothing() -> None:
    assert 'aria-valuenow="0"' in render("{% progress 0 0 %}")
    assert 'aria-valuenow="50"' in render("{% progress 2 4 'two a second' %}")


def test_a_tile_with_an_address_is_a_link() -> None:
    assert "<a " in render("{% stat_tile 9 'Failed' '/log/' 'bad' %}")
    assert "<a " not in render("{% stat_tile 9 'Failed' %}")


def test_an_empty_screen_teaches() -> None:
    shown = render("{% empty_state 'No zones yet' 'A zone is…' '/add/' 'Add one' %}")
    assert "No zones yet" in shown
    assert 'href="/add/"' in shown


def test_the_sticky_bar_has_words_left_and_buttons_right() -> None:
    bar = render(
        "{% sticky_bar sentence='To 412 people' %}<b>Send</b>{% end_sticky_bar %}"
    )
    assert bar.index("To 412 people") < bar.index("<b>Send</b>")


def test_the_pager_keeps_the_filters() -> None:
    page = Paginator(range(120), 50).page(2)
    request = RequestFactory().get("/?zone=4&page=2")
    shown = render("{% pager page %}", page=page, request=request)
    assert "51 to 100 of 120" in shown
    assert "?zone=4&amp;page=3" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1204, f"1{NARROW}204"),
        (1234567, f"1{NARROW}234{NARROW}567"),
        (None, ""),
        ("six", "six"),
    ],
)
def test_thousands_are_set_apart(value: object, shown: str) -> None:
    assert render("{{ value|thousands }}", value=value) == shown


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=20), "in a moment"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=4), "in 4 minutes, at 10:46"),
        (timedelta(minutes=-1), "1 minute ago, at 10:41"),
        (timedelta(hours=3), "in 3 hours, at 13:42"),
        (timedelta(hours=-20), "yesterday at 14:42"),
        (timedelta(days=1), "tomorrow at 10:42"),
        (timedelta(days=3), "Friday at 10:42"),
        (timedelta(days=30), "3 December at 10:42"),
        (timedelta(days=-400), "29 September 2025 at 10:42"),
    ],
)
def test_times_are_said_as_people_say_them(away: timedelta, said: str) -> None:
    with timezone.override(UTC):
        assert moments.relative(NOW + away, NOW) == said


def test_a_time_is_the_one_of_the_zone_in_force() -> None:
    with timezone.override(ZoneInfo("Asia/Dubai")):
        shown = render("{{ moment|local_time }}", moment=NOW)
    assert 'title="Tuesday 3 November 2026, 14:42 (Asia/Dubai)"' in shown
