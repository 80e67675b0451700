"""While a socket is open: what it says, to whom no more, and how many there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from console.live import sockets, tailing
from notifications.models import Membership
from tests.live.wire import Socket, board_of, run, socket
from tests.live.wire import still as still

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


def test_it_says_which_version_there_is_and_whenever_there_is_another(
    live, otto, still
):
    follows = socket(otto, board_of(live))

    async def scenario():
        await follows.connect()
        said = [await follows.told()]
        quiet = await follows.receive_nothing()
        still.version = "two"
        said.append(await follows.told())
        await follows.leave()
        return said, quiet

    said, quiet = run(scenario)
    # Topic and version, and not a word more: no name, no number, no address.
    assert said == [
        '{"topic": "board", "version": "one"}',
        '{"topic": "board", "version": "two"}',
    ]
    assert quiet


def cut_off(follows: Socket, meanwhile: Callable[[], Any]) -> Any:
    """The code with which an open socket is closed after something happened."""

    async def scenario():
        await follows.connect()
        await follows.told()
        await sync_to_async(meanwhile)()
        closed = await follows.hear()
        await follows.leave()
        return closed

    return run(scenario)


CLOSED = {"type": "websocket.close", "code": 1008}


def taken_off(user: Any) -> None:
    Membership._base_manager.filter(user=user).update(active=False)


def signed_out(user: Any) -> None:
    Session.objects.all().delete()


def new_password(user: Any) -> None:
    user.set_password("another horse battery")
    user.save()


def deactivated(user: Any) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize("happens", [taken_off, signed_out, new_password, deactivated])
def test_whoever_may_no_more_is_cut_off(live, otto, monkeypatch, happens):
    monkeypatch.setattr(sockets, "ASK_AGAIN", 0.05)
    follows = socket(otto, board_of(live))
    assert cut_off(follows, lambda: happens(otto)) == CLOSED


def test_also_while_one_version_follows_the_other(live, otto, monkeypatch, still):
    monkeypatch.setattr(sockets, "ASK_AGAIN", 0.05)
    numbers = iter(range(1_000_000))
    monkeypatch.setattr(
        tailing,
        "look",
        lambda topics, last: tailing.Stand(
            None, {each: str(next(numbers)) for each in topics}
        ),
    )
    follows = socket(otto, board_of(live))

    async def scenario():
        await follows.connect()
        await sync_to_async(taken_off)(otto)
        while (said := await follows.hear()) != CLOSED:
            assert said["type"] == "websocket.send"
        await follows.leave()

    run(scenario)


def test_whoever_still_may_stays(live, otto, monkeypatch, still):
    monkeypatch.setattr(sockets, "ASK_AGAIN", 0.01)
    follows = socket(otto, board_of(live))

    async def scenario():
        await follows.connect()
        await follows.told()
        # Through many checks nothing is said; then it is still there.
        quiet = await follows.receive_nothing(0.3)
        still.version = "two"
        said = await follows.told()
        await follows.leave()
        return quiet, said

    assert run(scenario) == (True, '{"topic": "board", "version": "two"}')


def test_whoever_talks_is_shown_out(live, otto):
    follows = socket(otto, board_of(live))

    async def scenario():
        await follows.connect()
        await follows.told()
        said = {"type": "websocket.receive", "text": '{"topic": "everything"}'}
        await follows.send_input(said)
        closed = await follows.hear()
        await follows.leave()
        return closed

    assert run(scenario) == CLOSED


def test_one_more_than_a_process_bears_goes_without(live, otto, monkeypatch):
    monkeypatch.setattr(tailing, "MOST", 2)
    first, second, third, later = (socket(otto, board_of(live)) for _ in range(4))

    async def scenario():
        answers = [await each.connect() for each in (first, second, third)]
        await first.leave()
        answers.append(await later.connect())
        for each in (second, third, later):
            await each.leave()
        return answers

    assert run(scenario) == [True, True, False, True]


def test_a_socket_that_ends_in_any_way_leaves_nothing_behind(live, otto, still):
    gone, torn = (socket(otto, board_of(live)) for _ in range(2))

    async def scenario():
        for each in (gone, torn):
            await each.connect()
        await gone.leave()
        torn.future.cancel()
        with pytest.raises(asyncio.CancelledError):
            await torn.future
        return still.tailer._followers, still.tailer._task

    assert run(scenario) == ({}, None)
