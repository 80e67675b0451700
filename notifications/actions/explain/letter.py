"""The message of an entry exactly as it was sent, or as it would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import links
from notifications.composing import (
    Compiled,
    Filler,
    FillError,
    InvalidTemplate,
    Value,
    examples,
)
from notifications.delivery.letters import locale_of, values_for
from notifications.models import NotificationLog

#: Stands for what has been erased.
ERASED = "•••"
#: Values that the log does not keep: they are shown as the person is now.
OF_NOW = frozenset({"first_name", "zone"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with this person's values in it.

    ``problem`` is a sentence where there is nothing to show; ``note`` says what may
    have looked different.
    """

    sender: str
    to: str
    subject: str = ""
    html: str = ""
    text: str = ""
    note: str = ""
    problem: str = ""


def letter(entry: NotificationLog) -> Letter:
    """Fill the words of an entry with who it went to, as they were."""
    sender = entry.sender or entry.cluster.sender_email
    to = entry.addressee.address
    content = entry.content
    if content is None:
        problem = _("No words were made for this person: nothing was to be sent.")
        return Letter(sender, to, problem=problem)
    words = Compiled(subject=content.subject, html=content.html, text=content.text)
    try:
        stand_ins = examples() if entry.dispatch.is_test else None
        locale = locale_of(entry.cluster, content.language)
        filler = Filler(words, locale, stand_ins)
        filled = filler.fill(_values(entry))
    except (FillError, InvalidTemplate) as problem:
        return Letter(sender, to, problem=str(problem))
    return Letter(
        sender=sender,
        to=to,
        subject=filled.subject,
        html=filled.html,
        text=filled.text,
        note=_note(entry, filler.names),
    )


def _values(entry: NotificationLog) -> dict[str, Value | None]:
    person, addressee = entry.recipient, entry.addressee
    erased = addressee.erased_at is not None
    return values_for(
        entry.cluster,
        name=ERASED if erased else addressee.name,
        first_name=ERASED if erased else person.first_name,
        unit=ERASED if erased else addressee.unit,
        zone=person.zone.name if person.zone else "",
        # Never the live one: whoever reads the log could opt them out with it.
        unsubscribe_url=links.dead_unsubscribe_url(),
        now=_moment(entry),
    ) | {
        "answer_url": links.dead_answer_url(),
        "review_url": links.dead_review_url(),
    }


def _note(entry: NotificationLog, names: frozenset[str]) -> str:
    if entry.addressee.erased_at is not None:
        return _("This person has been erased: their words are shown as •••.")
    if names & OF_NOW and entry.recipient.updated_at > _moment(entry):
        return _(
            "This person was changed since. First name and zone are shown as they "
            "are now; all else is as it was."
        )
    return ""


def _moment(entry: NotificationLog) -> datetime:
    return entry.sent_at or entry.sending_at or timezone.now()
