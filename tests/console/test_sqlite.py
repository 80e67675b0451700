"""On SQLite writers wait for each other: not for long, and not for ever."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from django.db import OperationalError, connection, connections

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL has a queue of its own"
    ),
]


@pytest.fixture
def on_disk(tmp_path):
    """A connection of the product's own kind, and a stranger's to the same file."""
    settings = {**connection.settings_dict, "NAME": str(tmp_path / "x.sqlite3")}
    settings["OPTIONS"] = {**settings["OPTIONS"], "timeout": 0.3}
    ours = type(connections["default"])(settings, "default")
    ours.inc_thread_sharing()
    with closing(sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)) as link:
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("CREATE TABLE tale (word TEXT)")
        yield ours, link
    ours.close()


def begin(ours):
    ours.ensure_connection()
    ours._start_transaction_under_autocommit()


def patience(ours):
    return ours.connection.execute("PRAGMA busy_timeout").fetchone()[0]


def test_a_writer_begins_when_another_has_ended(on_disk):
    ours, other = on_disk
    other.execute("BEGIN IMMEDIATE")
    began = []
    waiting = threading.Thread(target=lambda: began.append(begin(ours)))
    waiting.start()
    waiting.join(0.1)
    assert not began
    other.execute("ROLLBACK")
    waiting.join(5)
    assert began
    assert patience(ours) == 300


def test_who_waits_too_long_is_told_and_may_try_again(on_disk):
    ours, other = on_disk
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        begin(ours)
    assert patience(ours) == 300
    other.execute("ROLLBACK")
    begin(ours)


def test_of_many_threads_that_wait_one_asks(on_disk, monkeypatch):
    ours, other = on_disk
    kind, asked = type(ours), []
    begins = kind._begins

    def noted(self, end):
        asked.append(threading.get_ident())
        return begins(self, end)

    monkeypatch.setattr(kind, "_begins", noted)
    settings = {**ours.settings_dict, "OPTIONS": {**ours.settings_dict["OPTIONS"]}}
    settings["OPTIONS"]["timeout"] = 20
    began = []

    def write():
        mine = kind(settings, "default")
        begin(mine)
        began.append(threading.get_ident())
        mine.connection.execute("COMMIT")
        mine.close()

    other.execute("BEGIN IMMEDIATE")
    waiting = [threading.Thread(target=write) for _ in range(6)]
    for thread in waiting:
        thread.start()
    waiting[0].join(0.2)
    assert len(asked) > 1
    assert len(set(asked)) == 1
    other.execute("ROLLBACK")
    for thread in waiting:
        thread.join(20)
    assert len(set(began)) == len(waiting)


def test_what_is_wrong_otherwise_is_not_tried_again(on_disk):
    ours, _other = on_disk
    begin(ours)
    with pytest.raises(OperationalError, match="within a transaction"):
        begin(ours)
