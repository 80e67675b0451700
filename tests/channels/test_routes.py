"""A route prefers the healthy provider, and moves on what a provider was not asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notifications.channels import UnknownChannel
from notifications.channels.routes import Routes
from tests.channels.scripted import (
    Loft,
    accepted,
    away,
    later,
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
def routes() -> Iterator[Routes]:
    with Routes() as found:
        yield found


def sent(routes: Routes, *names: str) -> dict[str, tuple[str, str]]:
    """Name → what became of it, and with whom."""
    receipts = list(routes.of("email").send(messages(*names)))
    found = {
        r.key.removeprefix("entry-"): (r.outcome.value, r.provider) for r in receipts
    }
    assert len(found) == len(receipts)
    return found


def test_the_first_provider_gets_what_it_takes(lofts, routes):
    assert sent(routes, "ada", "bob") == {
        "ada": ("accepted", "first"),
        "bob": ("accepted", "first"),
    }
    assert lofts[1].opened == 0


def test_what_the_first_could_not_be_asked_goes_to_the_second_at_once(lofts, routes):
    lofts[0].answer = lambda m: away(m) if "bob" in m.to else accepted(m)
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
    names = [f"n{number}" for number in range(500)]
    assert set(sent(routes, *names).values()) == {("accepted", "second")}
    assert len(lofts[0].asked) == 50
    assert [state["state"] for state in routes.states()] == ["open", "closed"]


def test_with_everybody_away_the_rest_is_not_tried(lofts, routes):
    lofts[0].answer = lofts[1].answer = away
    feed = iter(messages(*(f"n{number}" for number in range(500))))
    route = routes.of("email")
    tried = list(route.send(feed))
    assert len(tried) + len(list(feed)) == 500
    assert len(tried) <= 100
    assert 0 < route.wait() <= 2
    assert list(route.send(messages("ada"))) == []


def test_a_kind_that_nobody_set_up_is_said(lofts, routes):
    with pytest.raises(UnknownChannel):
        routes.of("fax")
