"""Short ways to write an email in a test."""

from __future__ import annotations

from typing import Any

from notifications.composing import Brand, Compiled, Filled, compile_email, fill
from notifications.composing.email import Block

RIVERSIDE = Brand("Riverside Quay", "#1f6f5c", footer_address="1 Quay Street\nLondon")


def block(kind: str, value: Any = None) -> Block:
    return {"type": kind, "value": value, "id": "b1"}


def paragraph(html: str) -> Block:
    return block("text", f'<p data-block-key="k1">{html}</p>')


def compiled(*blocks: Block, subject: str = "News", **more: Any) -> Compiled:
    return compile_email(
        subject=subject, blocks=blocks, **{"brand": RIVERSIDE, "footer": ""} | more
    )


def filled(*blocks: Block, subject: str = "News", **values: Any) -> Filled:
    return fill(compiled(*blocks, subject=subject), values)
