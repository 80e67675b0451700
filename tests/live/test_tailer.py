"""The tailer sees what others commit, and works only while somebody follows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError, connection, connections, transaction

from console.live import tailing
from console.live.tailing import Follower, Stand, Tailer, hang_up, look, pause_after
from console.live.topics import BOARD, MUSTER, Topic
from notifications import scope
from notifications.actions import broadcasts
from notifications.models import Broadcast, Recipient

pytestmark = pytest.mark.services

PATIENCE = 30


@pytest.fixture
def committed(transactional_db, quiet_bell, live) -> Broadcast:
    """A live broadcast that every connection sees."""
    return live


@pytest.fixture
def look_elsewhere() -> Iterator[Callable[..., Stand]]:
    """``look`` as the tailer does it: in a thread, and so on a connection, of its own.

    One after the other: SQLite keeps the database of tests in memory, where whoever
    reads shuts out whoever writes.
    """
    with ThreadPoolExecutor(1) as thread:
        yield lambda *given: thread.submit(look, *given).result()
        thread.submit(hang_up).result()


def answered(broadcast: Broadcast, name: str = "Ann", state: str = "safe") -> None:
    with scope.every_cluster():
        person = Recipient.objects.get(name=name)
        broadcasts.mark(broadcast, person, state, by=broadcast.approved_by)


def topics_of(broadcast: Broadcast) -> tuple[Topic, Topic]:
    """The board of this one, and of another that there is not."""
    return Topic(BOARD, broadcast.pk), Topic(BOARD, broadcast.pk + 1)


def test_what_another_connection_commits_moves_its_topic_alone(
    committed, look_elsewhere
):
    mine, other = topics_of(committed)
    before = look_elsewhere([mine, other], Stand())
    answered(committed)
    after = look_elsewhere([mine, other], before)
    assert after.pulse != before.pulse
    assert after.versions[mine] != before.versions[mine]
    assert after.versions[other] == before.versions[other]


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="others commit on the same server"
)
def test_who_only_reads_gives_no_sign(committed, look_elsewhere):
    before = look_elsewhere([], Stand())
    assert Recipient.objects.exists()
    assert look_elsewhere([], before).pulse == before.pulse


def test_without_a_sign_nothing_is_read_but_what_nobody_followed_before(
    committed, look_elsewhere, monkeypatch
):
    mine, other = topics_of(committed)
    monkeypatch.setattr(tailing, "PULSE", {connection.vendor: "SELECT 1"})
    before = look_elsewhere([mine], Stand())
    read = []
    monkeypatch.setattr(tailing, "version_of", lambda topic: read.append(topic) or "x")
    assert look_elsewhere([mine], before) == before
    assert read == []
    assert look_elsewhere([mine, other], before).versions[other] == "x"
    assert read == [other]


def test_what_is_taken_back_moves_nothing(committed, look_elsewhere):
    mine, _ = topics_of(committed)
    before = look_elsewhere([mine], Stand())
    with transaction.atomic():
        answered(committed)
        transaction.set_rollback(True)
    assert look_elsewhere([mine], before).versions == before.versions


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="in memory SQLite waits for the commit"
)
def test_what_is_not_committed_yet_moves_nothing_and_then_it_does(
    committed, look_elsewhere
):
    mine, _ = topics_of(committed)
    before = look_elsewhere([mine], Stand())
    with transaction.atomic():
        answered(committed)
        between = look_elsewhere([mine], before)
        assert between.versions == before.versions
    assert look_elsewhere([mine], between).versions != before.versions


def test_an_answer_that_is_corrected_moves_it_again(committed, look_elsewhere):
    topic = Topic(MUSTER, committed.pk)
    stands = [look_elsewhere([topic], Stand())]
    for state in ("safe", "help", "safe", "safe"):
        answered(committed, state=state)
        stands.append(look_elsewhere([topic], stands[-1]))
    assert len({each.versions[topic] for each in stands}) == len(stands)


class Turns:
    """Lets a test write between two looks, and counts the looks."""

    def __init__(self) -> None:
        self.lock, self.looks = threading.Lock(), 0
        self.connections: set[Any] = set()

    def look(self, topics: Any, last: Stand) -> Stand:
        with self.lock:
            self.looks += 1
            self.connections.add(connections["default"])
            return look(topics, last)

    async def write(self, act: Callable[..., Any], *given: Any) -> None:
        def in_turn() -> None:
            with self.lock:
                act(*given)

        await sync_to_async(in_turn)()


@pytest.fixture
def turns(monkeypatch) -> Turns:
    made = Turns()
    monkeypatch.setattr(tailing, "look", made.look)
    monkeypatch.setattr(tailing, "REST", 0.01)
    monkeypatch.setattr(tailing, "TICK", 0.01)
    return made


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    """On a loop of its own, with the database in the thread of the test."""
    return async_to_sync(scenario)()


def tailers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if "tailer" in each.name]


async def ended() -> None:
    """Wait until the thread of the tailer has ended."""
    while tailers():
        await asyncio.sleep(0.01)


def test_two_viewers_have_one_tailer_and_are_told_the_same(committed, turns):
    tailer, (topic, _) = Tailer(), topics_of(committed)

    async def scenario():
        ann, ben = tailer.join(topic), tailer.join(topic)
        heard = []
        for act in (None, "safe", "help"):
            if act is not None:
                await turns.write(answered, committed, "Ann", act)
            assert await ann.moved(PATIENCE)
            assert await ben.moved(PATIENCE)
            heard.append((ann.version, ben.version))
            assert len(tailers()) == 1
        # Whoever comes later knows at once how it stands.
        late = tailer.join(topic)
        assert await late.moved(0)
        heard.append((ann.version, late.version))
        for each in (ann, ben, late):
            tailer.leave(each)
        return heard

    heard = run(scenario)
    assert all(one == other for one, other in heard)
    assert len({one for one, _ in heard}) == 3


def test_the_last_one_that_leaves_stops_it_and_the_next_starts_it_again(
    committed, turns
):
    tailer, (topic, other) = Tailer(), topics_of(committed)

    async def scenario():
        ann, ben = tailer.join(topic), tailer.join(other)
        assert await ann.moved(PATIENCE)
        tailer.leave(ann)
        assert tailers()
        tailer.leave(ben)
        await ended()
        looks = turns.looks
        await turns.write(answered, committed)
        await asyncio.sleep(0.1)
        assert turns.looks == looks
        again = tailer.join(topic)
        assert await again.moved(PATIENCE)
        tailer.leave(again)
        await ended()
        return ann.version, again.version

    before, after = run(scenario)
    assert before != after
    # A connection each time, and none is kept; SQLite's in memory is never closed.
    assert len(turns.connections) == 2
    if connection.vendor == "postgresql":
        assert all(each.connection is None for each in turns.connections)


def test_nothing_moved_nothing_told(committed, turns):
    tailer, (topic, _) = Tailer(), topics_of(committed)

    async def scenario():
        ann = tailer.join(topic)
        assert await ann.moved(PATIENCE)
        looks = turns.looks
        while turns.looks < looks + 5:
            assert not await ann.moved(0.01)
        tailer.leave(ann)

    run(scenario)


def test_a_database_that_is_away_is_asked_again_and_nothing_is_missed(
    committed, turns, monkeypatch, caplog
):
    tailer, (topic, _) = Tailer(), topics_of(committed)
    monkeypatch.setattr(tailing, "PAUSE", 0.01)
    away = threading.Event()

    def look_unless_away(topics, last):
        if away.is_set():
            raise OperationalError("at db.example.org")
        return turns.look(topics, last)

    monkeypatch.setattr(tailing, "look", look_unless_away)

    async def scenario():
        ann = tailer.join(topic)
        assert await ann.moved(PATIENCE)
        before = ann.version
        away.set()
        await turns.write(answered, committed)
        while not caplog.records:
            await asyncio.sleep(0.01)
        away.clear()
        assert await ann.moved(PATIENCE)
        tailer.leave(ann)
        return before, ann.version

    before, after = run(scenario)
    assert before != after
    assert "OperationalError" in caplog.text
    assert "example.org" not in caplog.text


def test_a_slow_reader_has_one_version_waiting_and_it_is_the_newest():
    async def scenario():
        slow = Follower(Topic(BOARD, 1))
        for number in range(1_000):
            slow.tell(str(number))
        first, second = await slow.moved(0), await slow.moved(0)
        return first, slow.version, second

    assert run(scenario) == (True, "999", False)


@pytest.mark.parametrize(("took", "pause"), [(0.001, 0.1), (0.5, 4.5), (20, 180)])
def test_looks_take_a_tenth_of_the_time_at_most(took, pause):
    assert pause_after(took, 0.1) == pytest.approx(pause)
