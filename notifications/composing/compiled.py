"""A message with everything done that is the same for everybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Compiled:
    """Subject, HTML and plain text in which only Liquid is still open."""

    subject: str
    html: str
    text: str


def content_hash(compiled: Compiled) -> str:
    """The address of these words: equal for equal content, and only then."""
    parts = [compiled.subject, compiled.html, compiled.text]
    return sha256(json.dumps(parts).encode()).hexdigest()
