"""What the set wrote down, and what arrived: read beside the running processes."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from console.management.commands.sandbox_mail import FILE
from console.sandbox.mail import parse
from console.sandbox.store import OutboxStore
from tests.browser.conftest import PATIENCE_MS, Set

UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Of a broadcast, by its address: its messages, and those that staff got about it.
OF_IT = "FROM notifications_broadcast AS b {joins} WHERE b.uid = ?"
MESSAGES = "JOIN notifications_dispatch AS d ON d.broadcast_id = b.id"
TO_STAFF = "JOIN notifications_dispatch AS d ON d.about_id = b.id"
ENTRIES = "JOIN notifications_notificationlog AS e ON e.dispatch_id = d.id"
LEFT = "e.status IN ('sent', 'delivered')"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail or a text as somebody got it."""

    channel: str
    to: str
    subject: str
    text: str


def rows(tocsin: Set, sql: str, *given: Any) -> list[tuple[Any, ...]]:
    """What the database answers; what it is told to change is changed."""
    with closing(sqlite3.connect(tocsin.data / "tocsin.sqlite3", timeout=60)) as kept:
        found = kept.execute(sql, given).fetchall()
        kept.commit()
        return found


def of_it(tocsin: Set, address: str, what: str, joins: str = "") -> list[Any]:
    """Columns of the broadcast at this address, or of what is joined to it."""
    found = UID.search(address)
    assert found, f"No broadcast stands at {address}"
    sql = f"SELECT {what} {OF_IT.format(joins=joins)}"
    return rows(tocsin, sql, found[0].replace("-", ""))


def all_has_left(tocsin: Set, address: str, messages: str = MESSAGES) -> None:
    """Wait until every message of the broadcast at this address is done."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while set(of_it(tocsin, address, "d.status", messages)) != {("done",)}:
        assert time.monotonic() < deadline, "It is still under way."
        time.sleep(0.3)


def who_has(tocsin: Set, address: str, purpose: str) -> set[tuple[int, str]]:
    """Whom this message of it has left for, on which channel."""
    what = "e.recipient_id, e.channel"
    return set(of_it(tocsin, address, what, _entries_of(purpose)))


def came_of(tocsin: Set, address: str, purpose: str) -> list[Letter]:
    """What arrived of this message, for each entry of it that has left."""
    return _letters(tocsin, of_it(tocsin, address, "e.id", _entries_of(purpose)))


def staff_got(tocsin: Set, address: str, subject: str, to: str) -> Letter:
    """The newest that somebody of staff got about it, which begins like this."""
    all_has_left(tocsin, address, TO_STAFF)
    left = f"{TO_STAFF} {ENTRIES} AND {LEFT}"
    letters = _letters(tocsin, of_it(tocsin, address, "e.id", left))
    found = [
        each for each in letters if each.to == to and each.subject.startswith(subject)
    ]
    assert found, f"{to} got nothing like “{subject}”."
    return found[-1]


def _entries_of(purpose: str) -> str:
    return f"{MESSAGES} AND d.purpose = '{purpose}' {ENTRIES} AND {LEFT}"


def _letters(tocsin: Set, entries: list[tuple[int]]) -> list[Letter]:
    kept = OutboxStore(tocsin.data / FILE)
    clusters = rows(tocsin, "SELECT uid FROM notifications_cluster")
    here = [str(UUID(uid)) for (uid,) in clusters]
    letters = []
    for (entry,) in sorted(entries):
        mail = kept.of_entry(here, str(entry))
        assert mail is not None, "It has left, and did not arrive."
        item = mail.item
        text = parse(mail.raw).text
        letters.append(Letter(item.channel, item.to, item.subject, text))
    return letters
