"""One call of `send`: from a feed of messages to receipts, through a pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from selectors import EVENT_READ, EVENT_WRITE
from time import monotonic

from notifications.channels.base import Message, Receipt
from notifications.channels.email.connection import (
    CLOSING,
    Connection,
    Delivery,
    Stage,
)
from notifications.channels.email.fates import NO_UTF8, Fates
from notifications.channels.email.opening import SLOW, Unreachable
from notifications.channels.email.pipe import Closed
from notifications.channels.email.pool import Opening, Pool
from notifications.channels.email.rate import Allowance
from notifications.channels.email.replies import OUR_OWN_FAULT
from notifications.channels.email.rules import Unbuildable
from notifications.channels.email.skeleton import wire_of

SIGN_IN = "the mail server wants us to sign in"
NOT_NOW = "the mail server is not taking mail now"


class Round:
    """Takes a message when a connection is free for it, and says what became of it.

    `_again` are messages that nothing happened to yet, `_done` receipts that nobody has
    yet. `_stop` is why the others would fare no better: they are not tried any more.
    """

    def __init__(
        self, pool: Pool, fates: Fates, allowance: Allowance, feed: Iterable[Message]
    ) -> None:
        self._pool, self._fates, self._allowance = pool, fates, allowance
        self._feed = iter(feed)
        self._over = False
        self._taken = 0
        self._again: deque[Delivery] = deque()
        self._done: list[Receipt] = []
        self._stop = ""
        self._answered_at = 0.0

    def receipts(self) -> Iterator[Receipt]:
        try:
            self._pool.refresh()
            self._attend_to_all(0)
            while not self._finished():
                self._hand_out()
                done, self._done = self._done, []
                yield from done
                self._turn()
        finally:
            self._pool.calm()

    def _finished(self) -> bool:
        waiting = self._again or self._done or self._pool.busy
        return self._over and not waiting

    def _hand_out(self) -> None:
        if self._stop:
            self._give_up()
            return
        idle = self._pool.idle
        while idle and (delivery := self._next_for(idle[-1])):
            connection = idle.pop()
            connection.begin(delivery)
            self._pool.watch(connection)
        if not self._pool.size and self._somebody_waits():
            self._open()

    def _give_up(self) -> None:
        """One message at a time, so that whoever feeds can end at any."""
        done = self._done
        done += (self._fates.untried(one.message, self._stop) for one in self._again)
        self._again.clear()
        message = next(self._feed, None)
        if message is None:
            self._over = True
        else:
            done.append(self._fates.untried(message, self._stop))

    def _somebody_waits(self) -> bool:
        if not self._again and (delivery := self._take()):
            self._again.append(delivery)
        return bool(self._again)

    def _next_for(self, connection: Connection) -> Delivery | None:
        while delivery := self._take():
            if not delivery.wire.utf8 or connection.abilities.utf8:
                return delivery
            self._done.append(self._fates.impossible(delivery.message, NO_UTF8))
        return None

    def _take(self) -> Delivery | None:
        if self._again:
            return self._again.popleft()
        while not self._over and self._allowance.take():
            message = next(self._feed, None)
            if message is None:
                self._over = True
                break
            self._taken += 1
            try:
                return Delivery(message, wire_of(message))
            except Unbuildable as problem:
                self._done.append(self._fates.impossible(message, str(problem)))
        return None

    def _turn(self) -> None:
        """Hears what came, and waits for it where there is nothing else to do."""
        if self._attend_to_all(0):
            return
        for late in self._pool.late_openings():
            self._pool.give_up(late)
            self._unreachable(SLOW)
        if self._would_grow():
            self._open()
        if not (self._can_go_on() or self._finished()):
            self._attend_to_all(self._patience())

    def _can_go_on(self) -> bool:
        """Whether there is something to do without hearing from anybody."""
        if self._stop:
            return bool(self._done or self._again or not self._over)
        free = self._pool.idle or not self._pool.size
        return bool(self._done or (self._again and free))

    def _would_grow(self) -> bool:
        """All are busy, none has news, and there is or may be more to do."""
        pool = self._pool
        if self._stop or pool.idle or not (self._again or not self._over):
            return False
        return pool.size < self._taken and pool.may_open

    def _patience(self) -> float:
        seconds = self._pool.patience()
        if not self._over and (self._pool.idle or not self._pool.size):
            seconds = min(seconds, self._allowance.wait())
        return seconds

    def _attend_to_all(self, seconds: float) -> bool:
        found = self._pool.wait(seconds)
        for key, events in found:
            if isinstance(key.data, Connection):
                self._attend(key.data, events)
            else:
                self._go_on(key.data)
        all_late = self._pool.late()
        for late in all_late:
            # Its answer may have come while whoever feeds us took their time.
            since = late.since
            self._attend(late, EVENT_READ)
            if late.since == since and not late.idle:
                self._lose(late, slow=True)
        return bool(found or all_late)

    def _attend(self, connection: Connection, events: int) -> None:
        closed = False
        try:
            if events & EVENT_WRITE:
                connection.flush()
            if events & EVENT_READ:
                connection.receive()
        except Closed:
            closed = True
        settled, connection.settled = connection.settled, []
        for delivery in settled:
            self._answered(delivery)
        if closed:
            self._lose(connection, slow=False)
            return
        if connection.wants_body:
            connection.go(self._following(connection))
        elif connection.idle and settled:
            self._pool.rest(connection)
            return
        self._pool.watch(connection)

    def _following(self, connection: Connection) -> Delivery | None:
        used_up = connection.used >= self._pool.server.per_connection
        if used_up or self._stop or not connection.abilities.pipelining:
            return None
        return self._next_for(connection)

    def _answered(self, delivery: Delivery) -> None:
        reply = delivery.reply
        if reply is not None and reply.code in OUR_OWN_FAULT:
            self._stop = self._stop or SIGN_IN
        self._done.append(self._fates.answered(delivery))
        self._answered_at = monotonic()

    def _lose(self, connection: Connection, *, slow: bool) -> None:
        for delivery in self._pool.drop(connection):
            if delivery.reply is not None:
                self._turned_away(delivery)
            elif delivery.stage is Stage.MAIL and not delivery.first:
                # The kept connection had gone stale: nothing of this one was taken.
                self._again.append(delivery)
            else:
                self._done.append(self._fates.lost(delivery, slow=slow))
                if slow and not self._others_fare_well(connection.since):
                    # Who made us wait once is not waited for again by all the others.
                    self._stop = self._stop or SLOW

    def _turned_away(self, delivery: Delivery) -> None:
        reply = delivery.reply
        not_even_begun = delivery.stage is Stage.MAIL and delivery.first
        if reply is None or reply.code != CLOSING or not not_even_begun:
            self._answered(delivery)
        elif self._pool.connections:
            self._pool.enough()
            self._again.append(delivery)
        else:
            self._answered(delivery)
            self._stop = self._stop or NOT_NOW

    def _others_fare_well(self, since: float) -> bool:
        return bool(self._pool.idle) or self._answered_at > since

    def _open(self) -> None:
        try:
            self._pool.open()
        except Unreachable as problem:
            self._unreachable(str(problem))

    def _go_on(self, found: Opening) -> None:
        try:
            self._pool.go_on(found)
        except Unreachable as problem:
            self._unreachable(str(problem))

    def _unreachable(self, reason: str) -> None:
        """One more connection cannot be had; with none at all nothing can be sent."""
        if self._pool.connections:
            self._pool.enough()
        elif not self._pool.openings:
            self._stop = self._stop or reason
