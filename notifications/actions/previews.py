"""What a message will look like for one person, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from notifications import links
from notifications.composing import (
    PLACEHOLDERS,
    Filler,
    FillError,
    InvalidTemplate,
    MissingValue,
    Problem,
    UnsafeLink,
    Value,
    check_email,
    examples,
)
from notifications.composing.sms import Measure, compile_sms, measure
from notifications.delivery.letters import locale_of, values_for
from notifications.dispatching.brands import compile_for
from notifications.events import ChannelKind
from notifications.fingerprints import name_key
from notifications.models import Cluster, ContactPoint, Recipient

#: As many people as a chooser shows at once.
MOST_PEOPLE = 8

Blocks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message as one person would get it.

    ``problems`` keep it from being saved or sent to anybody; ``missing`` are
    sentences on why this very person would not get it. ``html`` is "" where nothing
    can be shown yet.
    """

    subject: str
    html: str
    text: str
    to_name: str
    to_address: str
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPreview:
    """A text message as one person would get it, measured with their values in it."""

    text: str
    language: str
    to_address: str
    size: Measure
    missing: tuple[str, ...]


def preview(
    cluster: Cluster,
    subject: str,
    blocks: Blocks,
    person: Recipient | None,
    language: str = "",
) -> Preview:
    """The message filled as delivery would fill it; without a person, an example's.

    Blocks that cannot be read yet are left out and say so, so that the rest shows.
    """
    problems = tuple(check_email(subject, blocks, PLACEHOLDERS))
    values = _values(cluster, person)
    missing: tuple[str, ...] = ()
    filled = {"subject": subject, "html": "", "text": ""}
    try:
        compiled = compile_for(cluster, *_readable(subject, blocks), language)
        filler = Filler(compiled, locale_of(cluster, language))
        values, missing = _complete(filler, values, person)
        done = filler.fill(values)
        filled = {"subject": done.subject, "html": done.html, "text": done.text}
    except InvalidTemplate:
        pass  # nothing to show yet; `problems` says why
    except FillError as error:
        if not problems:
            missing = (*missing, str(error))
    if problems and not subject.strip():
        filled["subject"] = ""
    return Preview(
        **filled,
        to_name=person.name if person else str(examples()["name"]),
        to_address=_address(person, ChannelKind.EMAIL)
        if person
        else "anna@example.org",
        problems=problems,
        missing=missing,
    )


def preview_text(
    cluster: Cluster, sms: str, person: Recipient | None, language: str = ""
) -> TextPreview:
    """The text message filled in the same way, and what it costs so."""
    missing: tuple[str, ...] = ()
    text = sms
    try:
        filler = Filler(compile_sms(sms), locale_of(cluster, language))
        values, missing = _complete(filler, _values(cluster, person), person)
        text = filler.fill(values).text
    except InvalidTemplate:
        pass  # half-written: it shows as it was typed
    except FillError as error:
        missing = (str(error),)
    return TextPreview(
        text=text,
        language=language or cluster.language,
        to_address=_address(person, ChannelKind.SMS) if person else "+447700900123",
        size=measure(text),
        missing=missing,
    )


def somebody(cluster: Cluster) -> Recipient | None:
    """Whom a preview shows first: somebody who can get mail, if there is anybody."""
    present = Recipient.objects.filter(cluster=cluster).present()
    with_zone = present.select_related("zone")
    reachable = with_zone.filter(
        contact_points__channel=ChannelKind.EMAIL, contact_points__active=True
    )
    return reachable.first() or with_zone.first()


def people_called(cluster: Cluster, sought: str) -> list[Recipient]:
    """Some people of a cluster whose name or unit has these letters in it."""
    present = Recipient.objects.filter(cluster=cluster).present()
    found = present.filter(name_key__contains=name_key(sought))
    in_unit = present.filter(unit__icontains=sought.strip())
    both = (found | in_unit).select_related("zone").distinct()
    return list(both[:MOST_PEOPLE])


def _values(cluster: Cluster, person: Recipient | None) -> dict[str, Value | None]:
    example = examples()
    return values_for(
        cluster,
        name=person.name if person else str(example["name"]),
        first_name=person.first_name if person else str(example["first_name"]),
        unit=person.unit if person else str(example["unit"]),
        zone=_zone(person) if person else str(example["zone"]),
        unsubscribe_url=links.dead_unsubscribe_url(),
    )


def _zone(person: Recipient) -> str:
    return person.zone.name if person.zone else ""


def _address(person: Recipient, channel: str) -> str:
    points = ContactPoint.objects.filter(recipient=person, channel=channel, active=True)
    point = points.order_by("-primary").first()
    return point.value if point else ""


def _readable(subject: str, blocks: Blocks) -> tuple[str, Blocks]:
    """The words with a note in the place of each block that cannot be read yet."""
    found = check_email(subject or "-", blocks, None)
    broken = {problem.block for problem in found if problem.block}
    in_subject = any(problem.block == 0 for problem in found) or not subject.strip()
    shown = [
        _stand_in(number) if number in broken else block
        for number, block in enumerate(blocks, start=1)
    ]
    # "…" stands for a subject that cannot be read yet.
    return ("…" if in_subject and shown else subject), shown


def _stand_in(number: int) -> dict[str, Any]:
    sentence = _("Block %(number)d cannot be shown yet.") % {"number": number}
    value = {"tone": "warning", "text": f"<p>{sentence}</p>"}
    return {"type": "callout", "value": value}


def _complete(
    filler: Filler, values: dict[str, Value | None], person: Recipient | None
) -> tuple[dict[str, Value | None], tuple[str, ...]]:
    """Values with a mark in the place of each that is missing, and sentences on it.

    Only what really runs is asked for: a default or a condition may do without.
    """
    missing: list[str] = []
    while True:
        try:
            filler.fill(values)
        except MissingValue as error:
            if values.get(error.name):
                raise
            values = values | {error.name: f"[{error.name}?]"}
            if error.name in PLACEHOLDERS:
                missing.append(_lacks(error.name, person))
        except UnsafeLink as error:
            if not str(values.get(error.name)).startswith("["):
                raise
            values = values | {error.name: settings.BASE_URL}
        else:
            return values, tuple(missing)


def _lacks(name: str, person: Recipient | None) -> str:
    return _(
        "%(person)s has no value for “%(name)s”, so this message could not be sent "
        'to them. Write {{ %(name)s | default: "…" }} to say what stands there instead.'
    ) % {"person": person or _("This person"), "name": name}
