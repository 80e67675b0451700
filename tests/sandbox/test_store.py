"""The outbox keeps mail as it came, and shows each cluster its own only."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest

from console.sandbox.store import OutboxStore

RIVERSIDE, HARBOUR = "11111111-aaaa", "22222222-bbbb"


def raw(
    subject: str = "Water off", *, cluster: str = RIVERSIDE, entry: str = "1"
) -> bytes:
    return (
        f"From: Office <office@riverside.example>\r\nTo: Ada <ada@example.org>\r\n"
        f"Subject: {subject}\r\nX-Tocsin-Cluster: {cluster}\r\n"
        f"X-Tocsin-Entry: {entry}\r\n\r\nThe water is off.\r\n"
    ).encode()


@pytest.fixture
def store(tmp_path):
    store = OutboxStore(tmp_path / "deep" / "outbox.sqlite3")
    yield store
    store.close()


def keep(store: OutboxStore, *mails: bytes, to: str = "ada@example.org") -> list[int]:
    return [store.add(mail, "office@riverside.example", to) for mail in mails]


def test_before_the_first_mail_the_outbox_is_empty_and_leaves_no_file(store):
    assert store.page([RIVERSIDE]) == []
    assert store.count([RIVERSIDE]).number == 0
    assert store.get([RIVERSIDE], 1) is None
    assert not store.path.exists()


def test_a_file_that_is_still_empty_is_an_empty_outbox(store):
    store.path.parent.mkdir()
    store.path.touch()
    assert store.page([RIVERSIDE]) == []
    assert store.count([RIVERSIDE]).number == 0
    assert store.get([RIVERSIDE], 1) is None


def test_a_kept_mail_is_listed_with_its_envelope_and_read_back_byte_for_byte(store):
    before = datetime.now(UTC)
    (id,) = keep(store, raw())
    (item,) = store.page([RIVERSIDE])
    assert (item.id, item.cluster, item.entry) == (id, RIVERSIDE, "1")
    assert (item.to, item.sender) == ("ada@example.org", "office@riverside.example")
    assert (item.subject, item.size) == ("Water off", len(raw()))
    assert before <= item.received_at <= datetime.now(UTC)
    found = store.get([RIVERSIDE], id)
    assert found is not None
    assert found.item == item
    assert found.raw == raw()


def test_what_was_kept_is_on_the_disk_before_the_writer_closes(store):
    keep(store, raw())
    assert len(OutboxStore(store.path).page([RIVERSIDE])) == 1


def test_a_cluster_sees_its_own_mail_only(store):
    (ours, theirs) = keep(store, raw("ours"), raw("theirs", cluster=HARBOUR))
    assert [one.subject for one in store.page([RIVERSIDE])] == ["ours"]
    assert store.count([HARBOUR]).number == 1
    assert store.get([RIVERSIDE], ours)
    assert store.get([RIVERSIDE], theirs) is None
    assert store.of_entry([HARBOUR], "1")
    assert len(store.page([RIVERSIDE, HARBOUR])) == 2


def test_who_may_see_no_cluster_sees_nothing(store):
    (id,) = keep(store, raw())
    assert store.page([]) == []
    assert store.count([]).number == 0
    assert store.get([], id) is None
    assert store.of_entry([], "1") is None


def test_mail_that_names_no_cluster_is_nobodys(store):
    (id,) = keep(store, b"Subject: hello\r\n\r\nhello\r\n")
    assert store.page([RIVERSIDE]) == []
    assert store.get([RIVERSIDE], id) is None
    assert [one.subject for one in store.page([""])] == ["hello"]


def test_the_first_cluster_header_counts(store):
    keep(store, b"X-Tocsin-Cluster: " + HARBOUR.encode() + b"\r\n" + raw("two"))
    assert store.page([RIVERSIDE]) == []
    assert len(store.page([HARBOUR])) == 1


def test_pages_go_from_new_to_old_without_a_gap(store):
    keep(store, *(raw(f"number {n}") for n in range(7)))
    seen: list[str] = []
    before = None
    while page := store.page([RIVERSIDE], before=before, limit=3):
        seen += [one.subject for one in page]
        before = page[-1].id
    assert seen == [f"number {n}" for n in reversed(range(7))]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("WATER", True),
        ("größe", True),
        ("GRÖSSE", True),
        ("ada@example", True),
        ("ada water", True),
        ("office@", True),
        ("bob", False),
        ("water bob", False),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("' OR 1=1 --", False),
        ("", True),
    ],
)
def test_search_looks_in_people_and_subject(store, query, found):
    keep(store, raw("=?utf-8?q?Gr=C3=B6=C3=9Fe?= water"))
    assert bool(store.page([RIVERSIDE], query=query)) is found
    assert store.count([RIVERSIDE], query=query).number == int(found)


def test_counting_stops_at_its_limit_and_says_so(store):
    keep(store, *(raw() for _ in range(4)))
    capped = store.count([RIVERSIDE], up_to=3)
    assert (capped.number, capped.more) == (3, True)
    whole = store.count([RIVERSIDE], up_to=4)
    assert (whole.number, whole.more) == (4, False)


def test_only_the_newest_are_kept(tmp_path):
    store = OutboxStore(tmp_path / "outbox.sqlite3", kept=3)
    keep(store, *(raw(f"number {n}") for n in range(5)))
    kept = [one.subject for one in store.page([RIVERSIDE])]
    store.close()
    assert kept == ["number 4", "number 3", "number 2"]


def test_the_mail_of_a_log_entry_is_found(store):
    keep(store, raw("first", entry="7"), raw("other", entry="8"))
    keep(store, raw("again", entry="7"))
    found = store.of_entry([RIVERSIDE], "7")
    assert found is not None
    assert found.item.subject == "again"
    assert store.of_entry([RIVERSIDE], "9") is None


def test_an_odd_mail_is_kept_all_the_same(store):
    odd = b"\xff\xfe\0 no headers at all"
    (id,) = keep(store, odd, b"")[:1]
    found = store.get([""], id)
    assert found is not None
    assert found.raw == odd


def test_reading_never_writes(store):
    keep(store, raw())
    with store._reader() as reader:
        assert reader is not None
        with pytest.raises(sqlite3.OperationalError):
            reader.execute("DELETE FROM mail")
