"""Alerts in the Common Alerting Protocol 1.2, as OASIS wrote it down in July 2010."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What an alert says in one language."""

    language: str
    category: str
    event: str
    response: str
    urgency: str
    severity: str
    certainty: str
    expires: datetime
    sender_name: str
    headline: str
    description: str
    instruction: str
    web: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapAlert:
    """One message. ``references`` name earlier ones: sender, identifier and sent."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    references: tuple[str, ...]
    note: str
    infos: tuple[Info, ...]


def moment(at: datetime) -> str:
    """A time as CAP wants it: whole seconds, with an offset and never with a Z."""
    text = at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    return f"{text}-00:00"


def reference(sender: str, identifier: str, sent: datetime) -> str:
    """How a later message names an earlier one."""
    return f"{sender},{identifier},{moment(sent)}"


def to_xml(alert: CapAlert) -> bytes:
    """The message as XML; values are escaped by the library."""
    root = Element("alert", {"xmlns": NAMESPACE})
    for name, value in _head(alert):
        SubElement(root, name).text = value
    for info in alert.infos:
        part = SubElement(root, "info")
        for name, value in _info(info):
            SubElement(part, name).text = value
        area = SubElement(part, "area")
        SubElement(area, "areaDesc").text = without_controls(info.area)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _head(alert: CapAlert) -> Iterator[tuple[str, str]]:
    """In the order of the schema; what is empty is left out."""
    yield "identifier", alert.identifier
    yield "sender", alert.sender
    yield "sent", moment(alert.sent)
    yield "status", alert.status
    yield "msgType", alert.kind
    yield "scope", "Public"
    if alert.note:
        yield "note", without_controls(alert.note)
    if alert.references:
        yield "references", " ".join(alert.references)


def _info(info: Info) -> Iterator[tuple[str, str]]:
    yield "language", info.language
    yield "category", info.category
    yield "event", without_controls(info.event)
    yield "responseType", info.response
    yield "urgency", info.urgency
    yield "severity", info.severity
    yield "certainty", info.certainty
    yield "expires", moment(info.expires)
    yield "senderName", without_controls(info.sender_name)
    yield "headline", without_controls(info.headline)
    if info.description:
        yield "description", without_controls(info.description)
    if info.instruction:
        yield "instruction", without_controls(info.instruction)
    yield "web", info.web


def without_controls(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(
        each
        for each in text
        if each in "\t\n\r"
        or "\x20" <= each < "\ud800"
        or "\udfff" < each < "\ufffe"
        or each > "\uffff"
    )
