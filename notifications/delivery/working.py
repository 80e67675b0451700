"""One lease, worked off: window by window look, mark, send, write down."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from itertools import chain, repeat
from time import monotonic

from django.db import InterfaceError, OperationalError, connection

from notifications.channels import Message, Outcome, Receipt
from notifications.channels.routes import Route
from notifications.errors import TocsinError
from notifications.models import Cluster, Content, Dispatch

from .expiring import expire
from .leasing import Lease, LeaseLost, others_wait
from .letters import Letters
from .looking import put_down, take_window
from .marked import Marked
from .outcomes import give_back, record
from .pace import Pace
from .policy import Policy, policy_for
from .pulse import Pulse
from .verdicts import NO_WORD, Verdict, judge, untried, unwritable

logger = logging.getLogger("tocsin.delivery")

DATABASE_AWAY = (OperationalError, InterfaceError)
#: Pauses while the database is away: what was sent must not become unknown.
PAUSES = (0.1, 0.3, 0.6)
LONGEST_PAUSE = 1.0
#: A worker told to stop waits no longer for it; then the lease tells.
LAST_WORD = 15.0
#: After trouble of its own a lease waits so long, in seconds.
AFTER_TROUBLE = 30.0
#: After so many seconds another cluster has its turn.
TURN = 2.0


class Run:
    """Works on one lease for as long as it is ours, and nobody is more urgent.

    ``_marked`` are entries not yet handed over, ``_flying`` those without an answer,
    ``_verdicts`` what is known and not yet written down.
    """

    def __init__(
        self,
        taken: Lease,
        route: Route,
        lanes: Collection[int],
        usable: Callable[[str], bool],
        stopping: Callable[[], bool],
        rung: Callable[[], bool],
        pace: Pace,
    ) -> None:
        self.lease = taken
        self._lanes = lanes
        self._route = route
        self._usable = usable
        self._stopping = stopping
        self._rung = rung
        self._cluster = Cluster.objects.get(pk=taken.cluster_id)
        self._letters: dict[tuple[int, int], Letters] = {}
        self._dispatches: dict[int, Dispatch] = {}
        self._policies: dict[int, Policy] = {}
        self._began = monotonic()
        self._pace = pace
        self._pulse = Pulse(taken)
        self._marked: deque[Marked] = deque()
        self._flying: dict[str, Marked] = {}
        self._verdicts: list[Verdict] = []
        self._trouble: Exception | None = None

    def work_off(self) -> None:
        """Until the batches are done, stopped, lost, or somebody is more urgent."""
        self._pace.begin()
        with self._pulse:
            try:
                for receipt in self._route.send(self._feed()):
                    self._hear(receipt)
                    if self._pace.overdue():
                        self._write_down()
            except Exception as problem:  # noqa: BLE001 - what is known is kept first
                self._trouble = problem
            self._verdicts += map(self._unheard, self._flying.values())
            pause = self._pause()
            self._verdicts += (untried(entry, pause) for entry in self._marked)
            self._write_down()
        if isinstance(self._trouble, LeaseLost):
            logger.warning("batches went to another worker")
            return
        if self._trouble is not None:
            logger.error("a lease ends early", exc_info=self._trouble)
            self._patiently(lambda: give_back(self.lease))
        self._patiently(lambda: put_down(self.lease, pause))

    def _pause(self) -> float:
        """Seconds: what went wrong in a way that nobody foresaw may do so again."""
        expected = (LeaseLost, *DATABASE_AWAY)
        foreseen = self._trouble is None or isinstance(self._trouble, expected)
        return 0.0 if foreseen else AFTER_TROUBLE

    def _feed(self) -> Iterator[Message]:
        """Message after message, each taken only when it can be handed over.

        It never raises: it runs inside the channel that takes from it.
        """
        while self._next_window():
            while self._marked:
                if not self._may_go_on() or self._called_away():
                    return
                entry = self._marked.popleft()
                try:
                    message = self._letter(entry)
                except TocsinError as problem:
                    self._verdicts.append(unwritable(entry, _short(problem)))
                    continue
                except Exception as problem:  # noqa: BLE001 - not this person's fault
                    self._marked.appendleft(entry)
                    self._trouble = problem
                    return
                self._flying[message.key] = entry
                yield message

    def _next_window(self) -> bool:
        """Write down what is known and mark the next; False where there is an end."""
        try:
            self._write_down()
            return self._may_go_on() and not self._others_first() and self._mark()
        except Exception as problem:  # noqa: BLE001 - what is known is kept first
            self._trouble = problem
            return False

    def _mark(self) -> bool:
        while True:
            window = take_window(self.lease, self._pace.next())
            for dispatch_id in window.late:
                expire(dispatch_id)
            if window.empty:
                # Not the end: of those under way some may have to be tried again.
                return False
            if window.entries:
                self._marked.extend(window.entries)
                return True

    def _may_go_on(self) -> bool:
        quiet = monotonic() - self._began > self.lease.seconds
        return not quiet and not self._stopping() and self._pulse.go_on()

    def _called_away(self) -> bool:
        """Whether somebody rang meanwhile, and for something more urgent."""
        if not self._rung():
            return False
        try:
            return others_wait(self.lease, self._lanes, self._usable, in_lane=False)
        except DATABASE_AWAY:
            return False  # The next window asks again.

    def _others_first(self) -> bool:
        if not self._letters:
            return False  # One window at least, or two who are polite never begin.
        long_enough = monotonic() - self._began > TURN
        return others_wait(self.lease, self._lanes, self._usable, in_lane=long_enough)

    def _letter(self, entry: Marked) -> Message:
        which = entry.dispatch_id, entry.content_id
        if which not in self._letters:
            dispatch = self._dispatch(entry.dispatch_id)
            content = Content._base_manager.get(pk=entry.content_id)
            self._letters[which] = Letters(dispatch, self._cluster, content)
        return self._letters[which].write(entry)

    def _dispatch(self, pk: int) -> Dispatch:
        if pk not in self._dispatches:
            self._dispatches[pk] = Dispatch._base_manager.get(pk=pk)
        return self._dispatches[pk]

    def _policy(self, dispatch_id: int) -> Policy:
        if dispatch_id not in self._policies:
            event = self._dispatch(dispatch_id).event_definition
            self._policies[dispatch_id] = policy_for(event, self.lease.lane)
        return self._policies[dispatch_id]

    def _hear(self, receipt: Receipt) -> None:
        entry = self._flying.pop(receipt.key)
        verdict = judge(
            entry,
            receipt,
            self._policy(entry.dispatch_id),
            deduplicates=self._route.deduplicates,
            troubled_since=self.lease.troubled.get(entry.batch_id),
        )
        self._verdicts.append(verdict)

    def _unheard(self, entry: Marked) -> Verdict:
        """Handed over, and then whoever had it broke down."""
        word = Receipt("", Outcome.UNKNOWN, entry.provider, reason=NO_WORD)
        policy = self._policy(entry.dispatch_id)
        return judge(entry, word, policy, deduplicates=self._route.deduplicates)

    def _write_down(self) -> None:
        """What is known goes on record, however long the database is away."""
        if self._verdicts:
            told, sender = self._verdicts, self._cluster.sender_email
            self._patiently(lambda: record(self.lease, told, self._policy, sender))
        self._verdicts = []
        self._pace.written()

    def _patiently(self, work: Callable[[], object]) -> None:
        began = monotonic()
        for pause in chain(PAUSES, repeat(LONGEST_PAUSE)):
            try:
                work()
                return
            except DATABASE_AWAY:
                too_long = self._stopping() and monotonic() - began > LAST_WORD
                if too_long or connection.in_atomic_block:
                    raise
                logger.warning("the database does not answer: outcomes wait")
                connection.close()
                time.sleep(pause)


def _short(problem: TocsinError) -> str:
    """What is wrong without any value: only the placeholder's name."""
    name = getattr(problem, "name", "")
    return f"{type(problem).__name__}: {name}" if name else str(problem)
