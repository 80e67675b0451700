"""Many connections at once: each message's fate is its own, and none is taken in vain.

Every server here is a real one on this machine.
"""

from __future__ import annotations

import gc
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import environ
import pytest

from notifications.channels import Message, get_channel
from notifications.channels.email import EmailChannel
from notifications.channels.email.rate import BURST, Allowance, allowance_of
from notifications.channels.email.server import MailServer
from tests.channels.conftest import point_at
from tests.channels.letters import letter, letters, outcomes, send
from tests.channels.sink import Arrived, Drop, Hang, Refuse, Sink

OPEN_FILES = Path("/proc/self/fd")
FAULTS = {
    Refuse(450, "later", "RCPT"): "temporary",
    Refuse(550, "never", "RCPT"): "permanent",
    Refuse(451, "later", "DATA"): "temporary",
    Refuse(554, "never", "DATA"): "permanent",
    Refuse(452, "later", "DOT"): "temporary",
    Refuse(552, "never", "DOT"): "permanent",
    Drop("RCPT"): "temporary",
    Drop("DATA"): "temporary",
    Drop("DOT"): "unknown",
}


def names(count: int) -> list[str]:
    return [f"person{number}" for number in range(count)]


def feed(*given: Message) -> tuple[Iterator[Message], list[str]]:
    """Messages one by one, and the keys of those that were taken."""
    taken: list[str] = []

    def one_by_one() -> Iterator[Message]:
        for message in given:
            taken.append(message.key)
            yield message

    return one_by_one(), taken


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("seed", range(3))
def test_with_faults_everywhere_each_message_has_its_own_fate(
    settings, pipelining, connections, seed
):
    chance = random.Random(seed)  # noqa: S311 - the same faults every time
    people = names(80)
    expected = dict.fromkeys(people, "accepted")
    with Sink(pipelining=pipelining) as sink:
        point_at(settings, sink)
        settings.EMAIL_POOL = {"connections": connections, "per_connection": 20}
        for name in chance.sample(people, 40):
            fault = chance.choice(list(FAULTS))
            sink.faults[f"{name}@example.org"] = fault
            expected[name] = FAULTS[fault]
        receipts = send(*letters(*people))
    assert outcomes(receipts) == expected
    had = {n for n, outcome in expected.items() if outcome in ("accepted", "unknown")}
    came = Counter(key.removeprefix("entry-") for key in sink.keys())  # noqa: SIM118
    assert came == dict.fromkeys(had, 1)


def test_one_message_opens_one_connection(sink):
    send(letter("alice"))
    assert sink.connections == 1


def test_connections_are_opened_as_long_as_all_of_them_wait(sink, settings):
    settings.EMAIL_POOL = {"connections": 4}
    sink.hold_after = 0
    found: list[dict[str, str]] = []
    people = names(20)
    sending = threading.Thread(
        target=lambda: found.append(outcomes(send(*letters(*people))))
    )
    sending.start()
    sink.wait_for(4)
    assert {one.connection for one in sink.arrived} == {1, 2, 3, 4}
    sink.release()
    sending.join()
    assert found == [dict.fromkeys(people, "accepted")]
    assert sink.connections == 4


def test_a_server_that_takes_only_two_connections_gets_all_through_two(sink, settings):
    settings.EMAIL_POOL = {"connections": 8}
    sink.most = 2
    people = names(60)
    assert outcomes(send(*letters(*people))) == dict.fromkeys(people, "accepted")
    used = {one.connection for one in sink.arrived}
    assert len(used) <= 2


def test_somebody_slow_holds_up_nobody_else(sink, settings):
    settings.EMAIL_POOL = {"connections": 4}
    settings.EMAIL_TIMEOUT = 2
    people = names(40)
    sink.faults["person3@example.org"] = Hang("DOT")
    with get_channel("email") as channel:
        order = [
            one.key.removeprefix("entry-") for one in channel.send(letters(*people))
        ]
    assert sorted(order) == sorted(people)
    # Only who waited behind it on its connection may come later still.
    assert order.index("person3") >= len(people) - 2


def test_a_feed_that_ends_in_the_middle_is_no_trouble(sink):
    messages, taken = feed(*letters("alice", "bob"))
    with get_channel("email") as channel:
        assert set(outcomes(channel.send(messages)).values()) == {"accepted"}
        assert list(channel.send(iter(()))) == []
        assert outcomes(channel.send(letters("charlie"))) == {"charlie": "accepted"}
    assert taken == ["entry-alice", "entry-bob"]
    assert sink.connections <= 2


def test_an_empty_feed_opens_no_connection(sink):
    assert send() == []
    assert sink.connections == 0


def test_a_feed_that_breaks_is_heard_of_and_nothing_is_sent_in_half(sink):
    def broken() -> Iterator[Message]:
        yield letter("alice")
        yield letter("bob")
        raise RuntimeError("the database is away")

    with get_channel("email") as channel:
        with pytest.raises(RuntimeError):
            list(channel.send(broken()))
        assert outcomes(channel.send(letters("charlie"))) == {"charlie": "accepted"}
    assert set(sink.keys()) <= {"entry-alice", "entry-bob", "entry-charlie"}
    assert len(sink.keys()) == len(set(sink.keys()))


@pytest.mark.parametrize("connections", [1, 8])
def test_what_was_never_taken_was_never_sent(sink, settings, connections):
    settings.EMAIL_POOL = {"connections": connections}
    people = names(200)
    messages, taken = feed(*letters(*people))
    with get_channel("email") as channel:
        receipts = channel.send(messages)
        answered = [next(receipts).key for _ in range(20)]
        receipts.close()
        # One that is answered and one behind it, on each connection.
        assert len(taken) <= len(answered) + 3 * connections
        assert outcomes(channel.send(letters("zoe"))) == {"zoe": "accepted"}
    came = Counter(sink.keys())
    assert came.keys() <= {*taken, "entry-zoe"}
    assert set(answered) <= came.keys()
    assert set(came.values()) == {1}


def test_whoever_takes_their_time_is_not_taken_for_the_servers_slowness(sink, settings):
    settings.EMAIL_TIMEOUT = 1

    def slow() -> Iterator[Message]:
        yield from letters("alice", "bob", "charlie")
        time.sleep(1.5)
        yield letter("dora")

    with get_channel("email") as channel:
        found = {}
        for receipt in channel.send(slow()):
            found |= outcomes([receipt])
            if len(found) == 1:
                time.sleep(1.5)
    assert found == dict.fromkeys(["alice", "bob", "charlie", "dora"], "accepted")


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="only Linux lists open files")
def test_a_closed_channel_leaves_no_file_open(sink):
    send(letter("alice"))
    sink.drop_connections()
    gc.collect()
    gc.disable()
    try:
        before = len(list(OPEN_FILES.iterdir()))
        for _ in range(20):
            assert set(outcomes(send(letter("bob"))).values()) == {"accepted"}
        # The other end is in this process too, and hears of each end when it looks.
        sink.drop_connections()
        assert open_files_settle_at(before) <= before
    finally:
        gc.enable()


def open_files_settle_at(wanted: int) -> int:
    end = time.monotonic() + 10
    while (found := len(list(OPEN_FILES.iterdir()))) > wanted:
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    return found


def test_a_server_that_wants_a_message_for_nobody_gets_an_empty_one(sink):
    sink.always_asks_for_data = True
    sink.faults["bob@example.org"] = Refuse(550, "no such user")
    receipts = send(*letters("alice", "bob", "charlie"))
    assert [one.outcome for one in receipts] == ["accepted", "permanent", "accepted"]
    assert receipts[1].reason == "550 no such user"
    assert sink.for_nobody == [b".\r\n"]


@pytest.mark.parametrize("pipelining", [True, False])
def test_after_stale_connections_nobody_is_lost(settings, pipelining):
    people = names(30)
    with Sink(pipelining=pipelining) as sink:
        point_at(settings, sink)
        settings.EMAIL_POOL = {"connections": 4}
        with get_channel("email") as channel:
            for _ in range(3):
                found = outcomes(channel.send(letters(*people)))
                assert found == dict.fromkeys(people, "accepted")
                sink.drop_connections()
    assert Counter(sink.keys()) == dict.fromkeys((f"entry-{n}" for n in people), 3)


@pytest.mark.parametrize("of", ["the settings", "a provider"])
def test_a_rate_in_an_address_is_kept_and_everybody_still_gets_theirs(
    sink, settings, of
):
    url = f"smtp://127.0.0.1:{sink.port}?connections=4&rate=100"
    given = environ.Env.email_url_config(url)["OPTIONS"]
    # As the settings read EMAIL_URL.
    settings.EMAIL_POOL = {name.lower(): value for name, value in given.items()}
    people = names(40)
    with EmailChannel(url="" if of == "the settings" else url) as channel:
        began = time.monotonic()
        found = outcomes(channel.send(letters(*people)))
        took = time.monotonic() - began
    assert found == dict.fromkeys(people, "accepted")
    # A tenth of a second's worth may go at once.
    assert took >= (len(people) - 100 * BURST) / 100


def test_an_allowance_grows_with_time_and_is_not_saved_up():
    now = 0.0
    allowance = Allowance(8, clock=lambda: now)
    assert [allowance.take() for _ in range(2)] == [True, False]
    assert allowance.wait() == pytest.approx(1 / 8)
    taken = 0
    for tick in range(1, 65):
        now = tick / 64
        taken += allowance.take()
    assert taken == 8
    now = 100.0
    assert [allowance.take() for _ in range(2)] == [True, False]


def test_without_a_rate_nobody_waits():
    allowance = Allowance(0)
    assert all(allowance.take() for _ in range(100))
    assert allowance.wait() == 0


def test_an_allowance_is_shared_by_all_who_speak_to_a_server():
    first, second = (MailServer("mail.example", rate=5) for _ in range(2))
    assert allowance_of(first) is allowance_of(second)


def test_a_large_mail_arrives_whole(sink):
    text = "so many words, ünd söme more\n" * 200_000
    (receipt,) = send(letter("alice", text=text))
    assert receipt.accepted
    assert said(sink.arrived[0]) == text


def said(arrived: Arrived) -> str:
    body = arrived.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
