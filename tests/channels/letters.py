"""Messages to send, and how to read the receipts."""

from __future__ import annotations

from notifications.channels import Message, Receipt, get_channel


def letter(name: str, **changes: object) -> Message:
    """A message to `name`@example.org with the key `entry-name`."""
    given: dict[str, object] = {
        "key": f"entry-{name}",
        "to": f"{name}@example.org",
        "to_name": f"{name.title()} Tester",
        "sender": "office@riverside.example",
        "sender_name": "Riverside Quay",
        "subject": "Water off on Tuesday",
        "text": "Dear neighbour,\n.\n..the water is off.\n",
        "html": "<p>The water is off.</p>",
    }
    return Message(**given | changes)  # type: ignore[arg-type]


def letters(*names: str) -> list[Message]:
    return [letter(name) for name in names]


def send(*messages: Message) -> list[Receipt]:
    with get_channel("email") as channel:
        return list(channel.send(messages))


def outcomes(receipts: list[Receipt]) -> dict[str, str]:
    """Name → outcome."""
    return {one.key.removeprefix("entry-"): one.outcome.value for one in receipts}
