"""Reads what mail servers answer: the outcome, and words that may go on record."""

from __future__ import annotations

import re

from notifications.channels.base import Message, Outcome

LONGEST = 200
HIDDEN = "•••"
ADDRESS = re.compile(r"<?[^\s<>,;:\"'()\[\]]+@[^\s<>,;\"'()\[\]]+>?")

# These say that *we* are not let in. Nobody's address is at fault.
OUR_OWN_FAULT = frozenset({530, 534, 535, 538})


def outcome_of(code: int) -> Outcome:
    """The outcome behind an SMTP code that is a refusal."""
    if code in OUR_OWN_FAULT or not 500 <= code <= 599:
        return Outcome.TEMPORARY
    return Outcome.PERMANENT


def public_reply(code: int, reply: bytes | str, message: Message) -> str:
    """A server's answer for history: one short line that names nobody."""
    if isinstance(reply, bytes):
        reply = reply.decode("utf-8", "replace")
    return scrub(f"{code} {reply}", message)


def scrub(text: str, message: Message) -> str:
    """Any text of a provider without addresses, names or the subject in it."""
    line = " ".join(text.split())
    if "@" in line:
        line = ADDRESS.sub(HIDDEN, line)
    secrets = _secrets(message)
    folded = line.casefold()
    if any(secret.casefold() in folded for secret in secrets):
        for secret in sorted(secrets, key=len, reverse=True):
            whole = rf"(?<!\w){re.escape(secret)}(?!\w)"
            line = re.sub(whole, HIDDEN, line, flags=re.IGNORECASE)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _secrets(message: Message) -> list[str]:
    local = message.to.rpartition("@")[0]
    name = message.to_name
    found = (local, message.subject, name, *name.split())
    return [secret for secret in found if len(secret) > 2]
