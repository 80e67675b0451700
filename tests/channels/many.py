"""Messages of a form to many people, and how to read what came of them."""

from __future__ import annotations

from typing import Any

from notifications.channels import Form, Message, Receipt
from notifications.channels.email.backend import BackendTransport
from tests.channels.esp import Provider

ESPS = "anymail.backends.{}.EmailBackend"
WATER = Form(
    sender="office@riverside.example",
    sender_name="Riverside Quay",
    subject=("Water off for ", ""),
    text=("Dear ", ",\nthe water is off. ", "\n"),
    html=("<p>Dear ", ", the water is off. <a href='", "'>Stop</a></p>"),
    headers={"X-Tocsin-Dispatch": "d-1", "List-Unsubscribe-Post": "One-Click"},
)
PLAIN = Form(
    sender="office@riverside.example",
    subject=("Get out",),
    text=("Fire. Get out.\n",),
    html=("<p>Fire. Get out.</p>",),
)


def personal(name: str, **changes: Any) -> Message:
    stop = f"https://r.example/stop/{name}?a=1&b=2"
    given: dict[str, Any] = {
        "key": f"entry-{name}",
        "to": f"{name}@example.org",
        "to_name": name.title(),
        "form": WATER,
        "subject_gaps": (name.title(),),
        "text_gaps": (name.title(), stop),
        "html_gaps": (name.title(), stop.replace("&", "&amp;")),
        "headers": {"X-Tocsin-Entry": f"e-{name}", "List-Unsubscribe": f"<{stop}>"},
    }
    return Message(**given | changes)


def plain(name: str, **changes: Any) -> Message:
    given = {"form": PLAIN, "subject_gaps": (), "text_gaps": (), "html_gaps": ()}
    return personal(name, **given | changes)


def send(*messages: Message) -> dict[str, Receipt]:
    transport = BackendTransport()
    receipts = list(transport.send(messages))
    transport.close()
    assert len(receipts) == len(messages)
    return {one.key.removeprefix("entry-"): one for one in receipts}


def outcomes(receipts: dict[str, Receipt]) -> dict[str, str]:
    return {name: one.outcome.value for name, one in receipts.items()}


def sizes(provider: Provider) -> list[int]:
    return [len(call.fields["to"]) for call in provider.calls]
