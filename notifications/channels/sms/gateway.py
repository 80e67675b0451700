"""An SMS gateway that takes each text as a mail to number@gateway.

Many gateways offer this beside their own API, and the sandbox is one: the pooled,
pipelined way of mail carries the texts then, with receipts and retries as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from notifications.channels.base import Form, Message, Outcome, Receipt
from notifications.channels.email import EmailChannel

#: A number as it is kept: E.164.
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
#: What a phone shows instead of a number: at most eleven, none of them costly.
SENDER_ID = 11
NO_NUMBER = "this is not a phone number with its country code"


class MailGatewayChannel(EmailChannel):
    """Sends texts as mail to ``domain``, by the mail server of the settings or ``url``.

    The sender's name goes as the subject, where gateways look for what the phone is to
    show as the sender.
    """

    kind = "sms"
    name = "sms"

    def __init__(self, domain: str, name: str = "", url: str = "") -> None:
        super().__init__(name=name, url=url)
        self._domain = domain

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        refused: list[Receipt] = []
        for receipt in super().send(self._as_mail(messages, refused)):
            yield receipt
            while refused:
                yield refused.pop()
        yield from refused

    def _as_mail(
        self, messages: Iterable[Message], refused: list[Receipt]
    ) -> Iterator[Message]:
        for message in messages:
            if not NUMBER.fullmatch(message.to):
                refused.append(self._refusal(message))
                continue
            yield replace(
                message,
                to=f"{message.to}@{self._domain}",
                to_name="",
                form=_as_text(message.form),
                headers={**message.headers, "X-Tocsin-Channel": self.kind},
            )

    def _refusal(self, message: Message) -> Receipt:
        return Receipt(message.key, Outcome.PERMANENT, self.name, reason=NO_NUMBER)


@lru_cache(maxsize=32)
def _as_text(form: Form) -> Form:
    """The same object for the same form: mail prepares each only once."""
    shown = re.sub(r"[^A-Za-z0-9 ]", "", form.sender_name).strip()
    subject = (shown[:SENDER_ID].strip(),)
    return replace(form, subject=subject, html=("",), reply_to="")
