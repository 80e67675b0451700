"""One kept connection: which message is at which step, and whose each reply is.

Where the server offers PIPELINING, the commands of a message go out together, and its
body together with the commands of the next one: a round trip a message. Else each
command waits for its answer.
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum
from time import monotonic

from notifications.channels.base import Message
from notifications.channels.email.mime import LAST_DOT, Wire
from notifications.channels.email.opening import Abilities
from notifications.channels.email.pipe import Closed, Pipe, Reply

CLOSING = 421


class Stage(IntEnum):
    """The answer that a message waits for. Only at DOT may the server have kept it."""

    RESET = 0
    MAIL = 1
    RCPT = 2
    DATA = 3
    BODY = 4
    DOT = 5


# Names of their own: going through the class takes time in the hottest of all loops.
RESET, MAIL, RCPT, DATA, BODY, DOT = Stage
ENVELOPE = (MAIL, RCPT, DATA)
#: By stage: the codes with which a message goes on, and what it waits for then.
GOOD = ((250,), (250,), (250, 251, 252), (354,))
AFTER = (MAIL, RCPT, DATA, BODY)


class Delivery:
    """A message on its way. `reply` is the server's last word, at `stage`.

    `first` says that it was the first on a fresh connection.
    """

    __slots__ = ("first", "message", "reply", "stage", "wire")

    def __init__(self, message: Message, wire: Wire) -> None:
        self.message = message
        self.wire = wire
        self.stage = MAIL
        self.reply: Reply | None = None
        self.first = False

    @property
    def accepted(self) -> bool:
        reply = self.reply
        return self.stage is DOT and reply is not None and reply.code < 300


class Connection:
    """Give it a message with `begin`; where it `wants_body`, say `go`.

    `settled` are messages with an answer, for whoever takes them out. `since` is when
    one of us last said something, `heard` when the server did.
    """

    def __init__(self, pipe: Pipe, abilities: Abilities) -> None:
        self.pipe = pipe
        self.abilities = abilities
        self.settled: list[Delivery] = []
        self.used = 0
        #: It was opened for the next message, and did not lie idle before.
        self.fresh = True
        self.wants_body = False
        #: What the pool waits for here.
        self.watched = 0
        self.heard = self.since = monotonic()
        # The one that is being answered, and maybe one whose commands are under way.
        self._queue: deque[Delivery] = deque()
        self._expected: deque[Stage] = deque()
        self._unsaid: deque[bytes] = deque()
        self._unclean = False
        # How much of what was written last belongs to the next message.
        self._tail = 0

    @property
    def idle(self) -> bool:
        return not self._queue

    def begin(self, delivery: Delivery) -> None:
        """Hands over a message while idle."""
        self._write(self._commands(delivery))

    def go(self, following: Delivery | None) -> None:
        """Writes the body that is waited for, and the commands of the next message."""
        self.wants_body = False
        delivery = self._queue[0]
        delivery.stage = DOT
        self._expected.append(DOT)
        commands = self._commands(following) if following else b""
        self._tail = len(commands)
        self._write(delivery.wire.data + commands)

    def receive(self) -> None:
        """Reads what came. Raises Closed: then `abandon` it."""
        replies = self.pipe.read()
        if replies:
            self.heard = self.since = monotonic()
            for reply in replies:
                self._hear(reply)

    def flush(self) -> None:
        """Goes on writing."""
        before = self.pipe.unsent
        self.pipe.flush()
        if self.pipe.unsent < before:
            self.since = monotonic()

    def abandon(self) -> list[Delivery]:
        """Gives it up; the messages that it had, each at the stage that it reached."""
        left, self._queue = list(self._queue), deque()
        if left and left[0].stage is DOT and self.pipe.unsent > self._tail:
            left[0].stage = BODY
        self.pipe.close()
        return left

    def quit(self) -> None:
        """Says good-bye; nobody waits for the answer."""
        self.pipe.write(b"QUIT\r\n")
        self.pipe.close()

    def _hear(self, reply: Reply) -> None:
        if not self._expected or not reply.code:
            raise Closed
        stage, delivery = self._expected.popleft(), self._queue[0]
        if stage is DOT:
            self._hear_last_word(delivery, reply)
        elif delivery.reply is not None:
            self._hear_after_refusal(stage, reply)
        elif reply.code in GOOD[stage]:
            self._go_on(delivery, stage)
        elif stage is RESET or _went_stale(delivery, stage, reply):
            raise Closed
        else:
            delivery.stage, delivery.reply = stage, reply
            self._unclean = True
            self._unsaid.clear()
            self._settle_if_last()
        if reply.code == CLOSING:
            raise Closed

    def _hear_last_word(self, delivery: Delivery, reply: Reply) -> None:
        if self.pipe.unsent > self._tail:
            # It answers before it has the whole message: only a refusal makes sense.
            delivery.stage = BODY
            if reply.code >= 400:
                delivery.reply = reply
            raise Closed
        delivery.reply = reply
        self.settled.append(self._queue.popleft())

    def _hear_after_refusal(self, stage: Stage, reply: Reply) -> None:
        if stage is DATA and reply.code == 354:
            # It wants a message for nobody: RFC 2920 says to send an empty one.
            self._expected.append(BODY)
            self._write(LAST_DOT)
        self._settle_if_last()

    def _settle_if_last(self) -> None:
        if not self._expected:
            self.settled.append(self._queue.popleft())

    def _go_on(self, delivery: Delivery, stage: Stage) -> None:
        after = delivery.stage = AFTER[stage]
        self.wants_body = stage is DATA
        if self._unsaid:
            self._expected.append(after)
            self._write(self._unsaid.popleft())

    def _commands(self, delivery: Delivery) -> bytes:
        delivery.stage, delivery.first = MAIL, self.fresh
        self.fresh = False
        self.used += 1
        self._queue.append(delivery)
        wire = delivery.wire
        commands = f"MAIL FROM:<{wire.sender}>{self._options(wire)}\r\n"
        commands += f"RCPT TO:<{wire.recipient}>\r\nDATA\r\n"
        stages: tuple[Stage, ...] = ENVELOPE
        if self._unclean:
            self._unclean = False
            commands, stages = "RSET\r\n" + commands, (RESET, *ENVELOPE)
        if self.abilities.pipelining:
            self._expected += stages
            return commands.encode()
        self._unsaid += commands.encode().splitlines(keepends=True)
        self._expected.append(stages[0])
        return self._unsaid.popleft()

    def _options(self, wire: Wire) -> str:
        options = f" SIZE={len(wire.data)}" if self.abilities.size else ""
        if wire.utf8:
            options += " SMTPUTF8"
            if self.abilities.eight_bit:
                options += " BODY=8BITMIME"
        return options

    def _write(self, data: bytes) -> None:
        self.since = monotonic()
        self.pipe.write(data)


def _went_stale(delivery: Delivery, stage: Stage, reply: Reply) -> bool:
    return reply.code == CLOSING and stage is MAIL and not delivery.first
