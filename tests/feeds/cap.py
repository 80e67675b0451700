"""CAP messages as others publish them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

NOW = datetime.now(UTC).replace(microsecond=0)
SENT = (NOW - timedelta(minutes=2)).isoformat()
LATER = (NOW + timedelta(hours=3)).isoformat()
EARLIER = (NOW - timedelta(hours=3)).isoformat()
SENDER = "warnings@weather.example"


def info(
    language: str = "en-GB",
    headline: str = "Orange wind warning",
    *,
    severity: str = "Severe",
    expires: str = LATER,
    area: str = "North shore",
    code: str = "GB013",
    description: str = "Gusts of up to 110 km/h.",
    instruction: str = "Stay away from trees.",
) -> str:
    """One language of an alert."""
    return f"""<info><language>{language}</language><category>Met</category>
    <event>Wind</event><responseType>Shelter</responseType>
    <urgency>Expected</urgency><severity>{severity}</severity>
    <certainty>Likely</certainty><expires>{expires}</expires>
    <senderName>Weather Office</senderName><headline>{escape(headline)}</headline>
    <description>{escape(description)}</description>
    <instruction>{escape(instruction)}</instruction>
    <area><areaDesc>{area}</areaDesc><geocode><valueName>EMMA</valueName>
    <value>{code}</value></geocode></area></info>"""


FRENCH = info(
    "fr-FR",
    "Vent : vigilance orange",
    description="Rafales de 110 km/h.",
    instruction="Éloignez-vous des arbres.",
)


def alert(
    identifier: str = "wind-1",
    *infos: str,
    status: str = "Actual",
    kind: str = "Alert",
    scope: str = "Public",
    sent: str = SENT,
    about: str = "",
) -> bytes:
    """A whole message; ``about`` is the identifier of an earlier one."""
    references = f"<references>{SENDER},{about},{SENT}</references>" if about else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
    <identifier>{identifier}</identifier><sender>{SENDER}</sender>
    <sent>{sent}</sent><status>{status}</status><msgType>{kind}</msgType>
    <scope>{scope}</scope>{references}{"".join(infos or [info()])}</alert>""".encode()


def atom(*links: str) -> bytes:
    """An Atom list that leads to messages."""
    entries = "".join(
        f'<entry><id>{link}</id><updated>{SENT}</updated><link href="/page"/>'
        f'<link type="application/cap+xml" href="{link}"/></entry>'
        for link in links
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


def rss(*links: str) -> bytes:
    """An RSS list that leads to messages."""
    items = "".join(
        f"<item><link>{link}</link><guid>{link}</guid></item>" for link in links
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
