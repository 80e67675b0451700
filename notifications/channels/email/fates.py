"""What became of a message, as a receipt."""

from __future__ import annotations

from notifications.channels.base import Message, Outcome, Receipt
from notifications.channels.email.connection import Delivery, Stage
from notifications.channels.email.replies import (
    OUR_OWN_FAULT,
    outcome_of,
    public_reply,
)

NO_UTF8 = "the mail server cannot take an address with such letters"


class Fates:
    """Writes the receipts of one provider."""

    def __init__(self, provider: str) -> None:
        self._provider = provider

    def answered(self, delivery: Delivery) -> Receipt:
        """The server said what it does with it."""
        reply, message = delivery.reply, delivery.message
        assert reply is not None  # noqa: S101 - a delivery is settled by a reply
        if delivery.accepted:
            return Receipt(
                key=message.key,
                outcome=Outcome.ACCEPTED,
                provider=self._provider,
                provider_id=delivery.wire.message_id,
            )
        reason = public_reply(reply.code, reply.text, message)
        outcome = outcome_of(reply.code)
        # What it says to MAIL, or about who we are, is about no address of theirs.
        asked = delivery.stage > Stage.MAIL and reply.code not in OUR_OWN_FAULT
        asked = asked or outcome is Outcome.PERMANENT
        return Receipt(message.key, outcome, self._provider, reason=reason, asked=asked)

    def lost(self, delivery: Delivery, *, slow: bool) -> Receipt:
        """The server did not answer any more."""
        what = "did not answer in time" if slow else "broke the connection"
        if delivery.stage is Stage.DOT:
            outcome, when = Outcome.UNKNOWN, "after it had the whole message"
        else:
            outcome, when = Outcome.TEMPORARY, "before it had the message"
        return Receipt(
            delivery.message.key,
            outcome,
            self._provider,
            reason=f"the mail server {what} {when}",
            asked=delivery.stage > Stage.MAIL,
        )

    def untried(self, message: Message, reason: str) -> Receipt:
        """The server was not asked about this one."""
        return Receipt(
            message.key, Outcome.TEMPORARY, self._provider, reason=reason, asked=False
        )

    def impossible(self, message: Message, reason: str) -> Receipt:
        """No server could take this one, or not this server."""
        return Receipt(message.key, Outcome.PERMANENT, self._provider, reason=reason)
