"""Short ways to write words, as code and as the editor posts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from notifications.actions import templates
from notifications.models import Cluster, MessageTemplate

SignIn = Callable[[Any], Client]
HOME = "/c/riverside/admin/messages/"


def heading(words: str, key: str = "h") -> dict[str, Any]:
    return {"type": "heading", "value": words, "id": key}


def text(html: str, key: str = "t") -> dict[str, Any]:
    return {"type": "text", "value": html, "id": key}


def make_template(cluster: Cluster, by: Any, **given: Any) -> MessageTemplate:
    """A template of a cluster's own, as its author would make it."""
    words: dict[str, Any] = {
        "name": "Bins",
        "event": "announcement_posted",
        "subject": "Bins, {{ first_name }}",
        "body": [heading("Put out the bins")],
    }
    return templates.create(cluster, **(words | given), by=by)


def change(template: MessageTemplate, by: Any, **given: Any) -> MessageTemplate:
    """Save it with some of its words changed."""
    words: dict[str, Any] = {
        "name": template.name,
        "event": template.event,
        "subject": template.subject,
        "body": list(template.body.raw_data),
        "seen_version": template.version,
    }
    return templates.save(template, **(words | given), by=by)


def typed(*blocks: dict[str, Any], **given: Any) -> dict[str, Any]:
    """What the editor posts for these words."""
    data: dict[str, Any] = {
        "name": "Bins",
        "event": "announcement_posted",
        "subject": "Bins, {{ first_name }}",
        "body-count": str(len(blocks)),
    }
    for number, block in enumerate(blocks):
        at = f"body-{number}"
        data |= {
            f"{at}-type": block["type"],
            f"{at}-order": str(number),
            f"{at}-deleted": "",
            f"{at}-id": block.get("id", ""),
        }
        value = block["value"]
        if isinstance(value, dict):
            data |= {f"{at}-value-{name}": each for name, each in value.items()}
        else:
            data[f"{at}-value"] = value
    return data | given


def rich(words: str, *bold: tuple[int, int]) -> str:
    """One paragraph of the rich text editor, bold from letter to letter."""
    styles = [
        {"offset": start, "length": end - start, "style": "BOLD"} for start, end in bold
    ]
    block = {
        "key": "abcde",
        "text": words,
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": styles,
        "entityRanges": [],
        "data": {},
    }
    return json.dumps({"blocks": [block], "entityMap": {}})
