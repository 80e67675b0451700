"""The connections to one mail server: opened, kept, watched, and given up."""

from __future__ import annotations

from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector, SelectorKey
from ssl import SSLContext
from time import monotonic

from notifications.channels.email.connection import Connection, Delivery
from notifications.channels.email.opening import (
    Abilities,
    Address,
    Steps,
    Unreachable,
    find,
    opening,
    tls_of,
)
from notifications.channels.email.pipe import Pipe
from notifications.channels.email.server import MailServer

#: A connection that was idle for so long is not used again: a server or a firewall on
#: the way may have forgotten it without a word.
KEEP_IDLE = 60.0
#: Where one more connection was refused, no other is tried for a while.
ENOUGH_FOR = 10.0
#: How long the addresses of a server are remembered.
KEEP_ADDRESSES = 60.0


class Opening:
    """A connection that is not ready yet; `since` is when it last got further."""

    def __init__(self, steps: Steps[tuple[Pipe, Abilities]]) -> None:
        self._steps = steps
        self.since = monotonic()
        self.descriptor = -1
        self.events = 0

    def step(self) -> Connection | None:
        """Goes as far as it can; gives what is ready. Raises Unreachable."""
        self.since = monotonic()
        try:
            sock, self.events = next(self._steps)
        except StopIteration as end:
            return Connection(*end.value)
        self.descriptor = sock.fileno()
        return None

    def close(self) -> None:
        self._steps.close()


class Pool:
    """All connections to one server, and one place to wait for them.

    `idle` are those without a message, the latest used last.
    """

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.idle: list[Connection] = []
        self.connections: set[Connection] = set()
        self.openings: set[Opening] = set()
        self._selector = DefaultSelector()
        self._addresses: list[Address] = []
        self._tls: SSLContext | None = None
        self._found_at = self._look_at = 0.0
        self._enough_until = 0.0

    @property
    def size(self) -> int:
        """How many are open, or nearly."""
        return len(self.connections) + len(self.openings)

    @property
    def busy(self) -> bool:
        return len(self.connections) > len(self.idle)

    @property
    def may_open(self) -> bool:
        """Whether one more is allowed and likely to be welcome."""
        return self.size < self.server.connections and monotonic() > self._enough_until

    def open(self) -> None:
        """Begins one more connection; raises Unreachable."""
        if not self._addresses or monotonic() - self._found_at > KEEP_ADDRESSES:
            self._addresses, self._found_at = find(self.server), monotonic()
        self._tls = self._tls or tls_of(self.server)
        found = Opening(opening(self.server, self._addresses, self._tls))
        self.openings.add(found)
        self._step(found)

    def enough(self) -> None:
        """The server wants no more connections: none is tried for a while."""
        self._enough_until = monotonic() + ENOUGH_FOR

    def wait(self, seconds: float) -> list[tuple[SelectorKey, int]]:
        """Whose turn it is (`data` of the key), and whether to read or to write."""
        return self._selector.select(seconds)

    def go_on(self, found: Opening) -> None:
        """An opening was waited for; raises Unreachable."""
        self._selector.unregister(found.descriptor)
        self._step(found)

    def watch(self, connection: Connection) -> None:
        """Waits for writing too, as long as something is unsent."""
        events = EVENT_READ | (EVENT_WRITE if connection.pipe.unsent else 0)
        if events != connection.watched:
            connection.watched = events
            self._selector.modify(connection.pipe.sock, events, connection)

    def rest(self, connection: Connection) -> None:
        """It has no message any more: kept for the next, or used up."""
        if connection.used < self.server.per_connection:
            self.idle.append(connection)
        else:
            self._forget(connection)
            connection.quit()

    def drop(self, connection: Connection) -> list[Delivery]:
        """Gives up a connection; returns the messages that it had."""
        self._forget(connection)
        return connection.abandon()

    def late(self) -> list[Connection]:
        """Busy connections that were waited for too long."""
        now, limit = monotonic(), self.server.timeout
        if now < self._look_at:
            return []
        busy = [one for one in self.connections if not one.idle]
        late = [one for one in busy if now - one.since >= limit]
        waited_for = [one.since for one in busy]
        waited_for += [one.since for one in self.openings]
        # Nobody who comes later can be late before this.
        self._look_at = min(waited_for, default=now) + limit
        return late

    def late_openings(self) -> list[Opening]:
        """Openings that were waited for too long."""
        since = monotonic() - self.server.timeout
        return [one for one in self.openings if one.since <= since]

    def patience(self) -> float:
        """Seconds until somebody may be late."""
        return max(0.0, self._look_at - monotonic())

    def give_up(self, found: Opening) -> None:
        self.openings.remove(found)
        self._selector.unregister(found.descriptor)
        found.close()

    def refresh(self) -> None:
        """Before its first use after a pause: without what must have gone stale."""
        for connection in list(self.idle):
            connection.fresh = False
            if monotonic() - connection.heard > KEEP_IDLE:
                self._forget(connection)
                connection.quit()

    def calm(self) -> None:
        """Keeps only connections that have no message."""
        for found in list(self.openings):
            self.give_up(found)
        for connection in [one for one in self.connections if not one.idle]:
            self.drop(connection)

    def close(self) -> None:
        """For good: whoever closes a channel makes a new one for what comes later."""
        self.calm()
        for connection in list(self.idle):
            self._forget(connection)
            connection.quit()
        # The collector would close it too, but long after it was needed.
        self._selector.close()

    def _step(self, found: Opening) -> None:
        try:
            connection = found.step()
        except Unreachable:
            self.openings.remove(found)
            raise
        if connection is None:
            self._selector.register(found.descriptor, found.events, found)
            return
        self.openings.remove(found)
        self.connections.add(connection)
        self.idle.append(connection)
        connection.watched = EVENT_READ
        self._selector.register(connection.pipe.sock, EVENT_READ, connection)

    def _forget(self, connection: Connection) -> None:
        self._selector.unregister(connection.pipe.sock)
        self.connections.remove(connection)
        if connection in self.idle:
            self.idle.remove(connection)
