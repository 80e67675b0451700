"""Messages to send, and how to read the receipts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from notifications.channels import Form, Message, Receipt, get_channel

OF_FORM = {field.name for field in fields(Form)} - {"headers"}
WORDS = ("subject", "text", "html")


def compose(**given: Any) -> Message:
    """A message of a form of its own; words are a string, or a tuple with gaps."""
    form = {name: given.pop(name) for name in OF_FORM & given.keys()}
    for part in WORDS:
        if isinstance(form.get(part), str):
            form[part] = (form[part],)
    headers = given.pop("form_headers", {})
    return Message(form=Form(**form, headers=headers), **given)


def letter(name: str, **changes: Any) -> Message:
    """A message to `name`@example.org with the key `entry-name`."""
    given = {
        "key": f"entry-{name}",
        "to": f"{name}@example.org",
        "to_name": f"{name.title()} Tester",
        "sender": "office@riverside.example",
        "sender_name": "Riverside Quay",
        "subject": "Water off on Tuesday",
        "text": "Dear neighbour,\n.\n..the water is off.\n",
        "html": "<p>The water is off.</p>",
    }
    return compose(**given | changes)


def letters(*names: str) -> list[Message]:
    return [letter(name) for name in names]


def send(*messages: Message) -> list[Receipt]:
    """The receipts in the order of the messages, however they came."""
    order = {message.key: place for place, message in enumerate(messages)}
    with get_channel("email") as channel:
        receipts = list(channel.send(messages))
    assert len(receipts) == len(messages)
    return sorted(receipts, key=lambda receipt: order[receipt.key])


def outcomes(receipts: Iterable[Receipt]) -> dict[str, str]:
    """Name → outcome."""
    return {one.key.removeprefix("entry-"): one.outcome.value for one in receipts}
