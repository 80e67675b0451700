"""The outbox: all that the sandbox server took, in a small file of its own."""

from __future__ import annotations

import sqlite3
import time
import unicodedata
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .mail import SMS, summary

KEPT = 20_000
COUNT_UP_TO = 10_000
SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at REAL NOT NULL,
    cluster TEXT NOT NULL,
    entry TEXT NOT NULL,
    channel TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    subject TEXT NOT NULL,
    search TEXT NOT NULL,
    size INTEGER NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_of_cluster ON mail (cluster, id);
CREATE INDEX IF NOT EXISTS mail_of_entry ON mail (entry, id);
CREATE INDEX IF NOT EXISTS mail_of_channel ON mail (cluster, channel, id);
"""
LINE = 'id, received_at, cluster, entry, channel, "to", "from", subject, size'


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One line of the outbox. `cluster` and `entry` are "" where mail names none."""

    id: int
    received_at: datetime
    cluster: str
    entry: str
    channel: str
    to: str
    sender: str
    subject: str
    size: int


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A kept mail: its line and its bytes exactly as they came."""

    item: OutboxItem
    raw: bytes


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `more` when counting stopped before the end."""

    number: int
    more: bool


class OutboxStore:
    """Kept mail in one SQLite file. Who reads says which clusters they may see."""

    def __init__(self, path: Path | str, *, kept: int = KEPT) -> None:
        self.path = Path(path)
        self.kept = kept
        self._writer: sqlite3.Connection | None = None

    def add(
        self,
        raw: bytes,
        envelope_from: str,
        envelope_to: str,
        *,
        received_at: datetime | None = None,
    ) -> int:
        """Keeps a mail; on return it is on the disk. Drops the oldest beyond `kept`."""
        head = summary(raw)
        if head.channel == SMS:
            # The gateway's domain is nothing that a phone knows.
            envelope_to = envelope_to.rpartition("@")[0]
        values = (
            received_at.timestamp() if received_at else time.time(),
            head.cluster,
            head.entry,
            head.channel,
            envelope_to,
            envelope_from,
            head.subject,
            _folded(f"{envelope_to} {head.to} {envelope_from} {head.subject}"),
            len(raw),
            zlib.compress(raw, 1),
        )
        writer = self._open_writer()
        with writer:
            added = writer.execute(
                'INSERT INTO mail (received_at, cluster, entry, channel, "to", "from", '
                "subject, search, size, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            ).lastrowid
            assert added is not None  # noqa: S101 - an INSERT always has a row id
            writer.execute("DELETE FROM mail WHERE id <= ?", (added - self.kept,))
        return added

    def page(
        self,
        clusters: Collection[str],
        *,
        query: str = "",
        channel: str = "",
        before: int | None = None,
        limit: int = 50,
    ) -> list[OutboxItem]:
        """The newest first; `before` is the id of the last line of the page before."""
        where, values = _where(clusters, query, channel)
        if before is not None:
            where, values = f"{where} AND id < ?", [*values, before]
        sql = f"SELECT {LINE} FROM mail WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - only our own words
        with self._reader() as reader:
            rows = reader.execute(sql, [*values, limit]) if reader else ()
            return [_item(row) for row in rows]

    def count(
        self,
        clusters: Collection[str],
        *,
        query: str = "",
        channel: str = "",
        up_to: int = COUNT_UP_TO,
    ) -> Count:
        where, values = _where(clusters, query, channel)
        sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM mail WHERE {where} LIMIT ?)"  # noqa: S608 - only our own words
        with self._reader() as reader:
            if reader is None:
                return Count(0, more=False)
            (number,) = reader.execute(sql, [*values, up_to + 1]).fetchone()
        return Count(min(number, up_to), more=number > up_to)

    def get(self, clusters: Collection[str], id: int) -> OutboxMail | None:
        """One mail; None when there is none of that id in these clusters."""
        return self._one(clusters, "id = ?", id)

    def of_entry(self, clusters: Collection[str], entry: str) -> OutboxMail | None:
        """The newest mail of one log entry; None when it sent none."""
        return self._one(clusters, "entry = ?", entry)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _one(
        self, clusters: Collection[str], condition: str, value: int | str
    ) -> OutboxMail | None:
        where, values = _where(clusters, "")
        sql = f"SELECT {LINE}, raw FROM mail WHERE {where} AND {condition} ORDER BY id DESC LIMIT 1"  # noqa: E501, S608 - only our own words
        with self._reader() as reader:
            row = reader.execute(sql, [*values, value]).fetchone() if reader else None
        if row is None:
            return None
        return OutboxMail(_item(row[:-1]), zlib.decompress(row[-1]))

    def _open_writer(self) -> sqlite3.Connection:
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            writer = sqlite3.connect(self.path, timeout=5)
            (version,) = writer.execute("PRAGMA user_version").fetchone()
            if version not in (0, SCHEMA_VERSION):
                # What an older version kept to look at is worth no migration.
                writer.execute("DROP TABLE mail")
            # FULL: what we have said 250 to survives a power cut.
            writer.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                f"{SCHEMA}; PRAGMA user_version = {SCHEMA_VERSION};"
            )
            self._writer = writer
        return self._writer

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection | None]:
        """A connection for reading; None as long as the server has kept nothing."""
        if not self.path.is_file():
            yield None
            return
        reader = sqlite3.connect(self.path, timeout=5)
        try:
            reader.execute("PRAGMA query_only = ON")
            (version,) = reader.execute("PRAGMA user_version").fetchone()
            yield reader if version == SCHEMA_VERSION else None
        finally:
            reader.close()


def _where(
    clusters: Collection[str], query: str, channel: str = ""
) -> tuple[str, list[str | int]]:
    uids = [str(uid) for uid in clusters]
    where = f"cluster IN ({', '.join('?' * len(uids))})"
    values: list[str | int] = [*uids]
    if channel:
        where += " AND channel = ?"
        values.append(channel)
    for word in _folded(query).split():
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where += " AND search LIKE ? ESCAPE '\\'"
        values.append(f"%{escaped}%")
    return where, values


def _folded(text: str) -> str:
    # SQLite's own LIKE ignores case in ASCII only.
    return unicodedata.normalize("NFKC", text).casefold()


def _item(row: tuple[int, float, str, str, str, str, str, str, int]) -> OutboxItem:
    id, received_at, *words, size = row
    cluster, entry, channel, to, sender, subject = map(str, words)
    when = datetime.fromtimestamp(received_at, UTC)
    return OutboxItem(id, when, cluster, entry, channel, to, sender, subject, size)
