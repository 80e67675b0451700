"""Values are written as a person in that language and time zone reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from notifications.composing import BadValue, Compiled, Filler, Locale, Value

LONDON = Locale("en-gb", "Europe/London", "GBP")
BERLIN = Locale("de", "Europe/Berlin", "EUR")
TOKYO = Locale("ja", "Asia/Tokyo", "JPY")
EVENING = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


def written(source: str, value: Value, locale: Locale = LONDON) -> str:
    filler = Filler(Compiled("s", "h", source), locale)
    return filler.fill({"x": value}).text


@pytest.mark.parametrize(
    ("source", "value", "locale", "expected"),
    [
        ("{{ x }}", date(2026, 3, 31), LONDON, "31 March 2026"),
        ("{{ x }}", date(2026, 3, 31), BERLIN, "31. März 2026"),
        ("{{ x }}", EVENING, LONDON, "1 July 2026, 23:30"),
        ("{{ x }}", 1204, LONDON, "1204"),
        ("{{ x }}", Decimal("2.50"), LONDON, "2.50"),
        ("{{ x | date }}", EVENING, LONDON, "1 July 2026"),
        ("{{ x | date }}", EVENING, BERLIN, "2. Juli 2026"),
        ("{{ x | date }}", EVENING, TOKYO, "2026年7月2日"),
        ("{{ x | date: 'short' }}", "2026-03-31", LONDON, "31/03/2026"),
        ("{{ x | date: 'full' }}", "2026-03-31", LONDON, "Tuesday, 31 March 2026"),
        ("{{ x | date: '%A %-d %B' }}", "2026-03-31", BERLIN, "Dienstag 31 März"),
        ("{{ x | date: '%d at %H:%M' }}", "2026-03-31 09:05", LONDON, "31 at 09:05"),
        ("{{ x | time }}", EVENING, LONDON, "23:30"),
        ("{{ x | time }}", "2026-03-31T09:05", TOKYO, "9:05"),
        ("{{ x | currency }}", Decimal("1204.5"), LONDON, "£1,204.50"),
        ("{{ x | currency }}", "1204.5", BERLIN, "1.204,50\xa0€"),
        ("{{ x | currency: 'EUR' }}", 3, LONDON, "€3.00"),
    ],
)
def test_a_value_reads_as_it_does_there(
    source: str, value: Value, locale: Locale, expected: str
) -> None:
    assert written(source, value, locale) == expected


@time_machine.travel(datetime(2026, 7, 1, 22, 26, tzinfo=UTC), tick=False)
def test_a_moment_is_told_by_how_far_away_it_is() -> None:
    assert written("{{ x | naturaltime }}", EVENING) == "in 4 minutes"
    assert written("{{ x | naturaltime }}", EVENING, BERLIN) == "in 4 Minuten"
    past = datetime(2026, 7, 1, 19, 26, tzinfo=UTC)
    assert written("{{ x | naturaltime }}", past) == "3 hours ago"


def test_a_language_nobody_knows_falls_back_to_english() -> None:
    assert written("{{ x }}", date(2026, 3, 1), Locale("xx-yy")) == "March 1, 2026"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{{ x | date }}", "soon"),
        ("{{ x | date }}", 12),
        ("{{ x | time }}", date(2026, 3, 1)),
        ("{{ x | currency }}", "a lot"),
        ("{{ x | currency }}", "NaN"),
        ("{{ x | currency: 'pounds' }}", 3),
    ],
)
def test_a_value_of_the_wrong_kind_says_so(source: str, value: Value) -> None:
    with pytest.raises(BadValue):
        written(source, value)
