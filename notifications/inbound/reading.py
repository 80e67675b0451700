"""What others say: a CAP 1.2 message, or an Atom or RSS list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from notifications.composing.cap import CONTENT_TYPE, NAMESPACE
from notifications.errors import TocsinError

CAP = f"{{{NAMESPACE}}}"
ATOM = "{http://www.w3.org/2005/Atom}"
#: No spaces, no commas, no markup: so that a reference can name it.
NAME = re.compile(r"[^\s,<&]{1,200}")
MOST_ENTRIES, MOST_PARTS, MOST_AREAS, MOST_REFERENCES = 1000, 20, 200, 200
#: Years that a time may lie in: beyond them databases and time zones fail.
YEARS = range(1970, 9999)


class Unreadable(TocsinError):
    """It is no alert, in a sentence for whoever looks after the feed."""


@dataclass(frozen=True, slots=True)
class Name:
    """How CAP names a message: who sent it, under which identifier, when."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a message says in one language about one event (CAP's ``info``)."""

    language: str
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    areas: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapMessage:
    """A message; ``references`` are those before it that it is about."""

    name: Name
    status: str
    kind: str
    scope: str
    references: tuple[Name, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: where its message is, and a mark that changes with it."""

    link: str
    mark: str


def read(data: bytes) -> CapMessage | tuple[Entry, ...]:
    """Read a document; raises Unreadable. Entities and other tricks are refused."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable(_("It is no plain XML, so nothing of it was read.")) from None
    if root.tag == f"{CAP}alert":
        return _message(root)
    if root.tag == f"{ATOM}feed":
        found = map(_atom_entry, root.iterfind(f"{ATOM}entry"))
    elif root.tag == "rss":
        found = map(_rss_entry, root.iterfind("channel/item"))
    else:
        raise Unreadable(_("It is neither CAP 1.2 nor a list (Atom, RSS) of CAP."))
    return tuple(each for each in found if each.link)[:MOST_ENTRIES]


def _message(root: Any) -> CapMessage:
    named = (_text(root, each) for each in ("sender", "identifier", "sent"))
    return CapMessage(
        name=_name(*named),
        status=_text(root, "status"),
        kind=_text(root, "msgType"),
        scope=_text(root, "scope"),
        references=tuple(islice(_references(root), MOST_REFERENCES)),
        parts=tuple(_parts(root)),
    )


def _references(root: Any) -> Iterator[Name]:
    """Those that can be read: they are hints, and an alert stands without them."""
    for each in _text(root, "references").split():
        if each.count(",") == 2:
            with suppress(Unreadable):
                yield _name(*each.split(","))


def _name(sender: str, identifier: str, sent: str) -> Name:
    when = _moment(sent)
    if when is None or not (NAME.fullmatch(sender) and NAME.fullmatch(identifier)):
        raise Unreadable(_("An alert in it does not say who sent it, and when."))
    return Name(sender, identifier, when)


def _parts(root: Any) -> Iterator[Part]:
    for each in list(root.iterfind(f"{CAP}info"))[:MOST_PARTS]:
        areas = list(each.iterfind(f"{CAP}area"))[:MOST_AREAS]
        yield Part(
            language=_text(each, "language") or "en-US",
            categories=_texts(each, "category"),
            event=_text(each, "event"),
            responses=_texts(each, "responseType"),
            urgency=_text(each, "urgency"),
            severity=_text(each, "severity"),
            certainty=_text(each, "certainty"),
            expires=_moment(_text(each, "expires")),
            sender_name=_text(each, "senderName"),
            headline=_text(each, "headline"),
            description=_text(each, "description"),
            instruction=_text(each, "instruction"),
            areas=tuple(filter(None, (_text(area, "areaDesc") for area in areas))),
            codes=tuple(
                _text(code, "value")
                for area in areas
                for code in area.iterfind(f"{CAP}geocode")
            ),
        )


def _atom_entry(entry: Any) -> Entry:
    links = list(entry.iterfind(f"{ATOM}link"))
    best = [each for each in links if each.get("type") == CONTENT_TYPE]
    plain = [each for each in links if each.get("rel", "alternate") == "alternate"]
    link = next((each.get("href", "") for each in (*best, *plain)), "")
    mark = entry.findtext(f"{ATOM}updated") or entry.findtext(f"{ATOM}id")
    return Entry(link.strip(), (mark or "").strip())


def _rss_entry(item: Any) -> Entry:
    enclosures = list(item.iterfind("enclosure"))
    best = [each for each in enclosures if each.get("type") == CONTENT_TYPE]
    link = best[0].get("url", "") if best else item.findtext("link") or ""
    mark = item.findtext("pubDate") or item.findtext("guid")
    return Entry(link.strip(), (mark or "").strip())


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{CAP}{name}") or "").strip()


def _texts(element: Any, name: str) -> tuple[str, ...]:
    found = (each.text or "" for each in element.iterfind(f"{CAP}{name}"))
    return tuple(each.strip() for each in found)


def _moment(text: str) -> datetime | None:
    """A time with its offset, within reason; None for anything else."""
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            return None
        when = when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when if when.year in YEARS else None
