"""One person's message, made from the words of the dispatch and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from notifications import links
from notifications.channels import Message
from notifications.composing import Compiled, Filler, Locale, Value, examples
from notifications.models import Cluster, Content, Dispatch, NotificationLog


def locale_of(cluster: Cluster) -> Locale:
    """How dates, times and money are written for a cluster's people."""
    return Locale(cluster.language, cluster.time_zone, cluster.currency)


class Letters:
    """Writes the messages of one dispatch, reading each Content once.

    What cannot be written raises FillError, with the name of what is missing.
    """

    def __init__(self, dispatch: Dispatch, cluster: Cluster) -> None:
        self._dispatch = dispatch
        self._cluster = cluster
        self._fillers: dict[int, Filler] = {}

    def write(self, entry: NotificationLog) -> Message:
        """The message of an entry; the same key whenever it is tried."""
        cluster = self._cluster
        stop = links.unsubscribe_url(links.sign_entry(entry.pk))
        filled = self._filler(entry.content).fill(self._values(entry, stop))
        return Message(
            key=key_of(self._dispatch, entry),
            to=entry.addressee.address,
            to_name=entry.addressee.name,
            sender=cluster.sender_email,
            sender_name=cluster.sender_name,
            reply_to=cluster.reply_to,
            subject=filled.subject,
            html=filled.html,
            text=filled.text,
            headers=self._headers(entry, stop),
        )

    def _filler(self, content: Content | None) -> Filler:
        assert content is not None, "an entry to send has content"  # noqa: S101
        if content.pk not in self._fillers:
            compiled = Compiled(
                subject=content.subject, html=content.html, text=content.text
            )
            # A test shows the words to staff, who have no unit and no zone.
            stand_ins = examples() if self._dispatch.is_test else None
            self._fillers[content.pk] = Filler(
                compiled, locale_of(self._cluster), stand_ins
            )
        return self._fillers[content.pk]

    def _values(self, entry: NotificationLog, stop: str) -> Mapping[str, Value | None]:
        zone = entry.recipient.zone
        return values_for(
            self._cluster,
            name=entry.addressee.name,
            first_name=entry.recipient.first_name,
            unit=entry.addressee.unit,
            zone=zone.name if zone else "",
            unsubscribe_url=stop,
        )

    def _headers(self, entry: NotificationLog, stop: str) -> Mapping[str, str]:
        found = {
            "X-Tocsin-Cluster": str(self._cluster.uid),
            "X-Tocsin-Dispatch": str(self._dispatch.uid),
            "X-Tocsin-Entry": str(entry.pk),
        }
        if not self._dispatch.event_definition.bypasses_preferences:
            found["List-Unsubscribe"] = f"<{stop}>"
            found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return found


def values_for(
    cluster: Cluster,
    *,
    name: str,
    first_name: str,
    unit: str,
    zone: str,
    unsubscribe_url: str,
    now: datetime | None = None,
) -> dict[str, Value | None]:
    """What every placeholder stands for, for one person."""
    there = (now or timezone.now()).astimezone(ZoneInfo(cluster.time_zone))
    return {
        "name": name,
        "first_name": first_name,
        "unit": unit,
        "zone": zone,
        "cluster": cluster.name,
        "sender_name": cluster.sender_name,
        "today": there.date(),
        "unsubscribe_url": unsubscribe_url,
    }


def key_of(dispatch: Dispatch, entry: NotificationLog) -> str:
    """The idempotency key of an entry, the same for every attempt."""
    return f"{dispatch.uid.hex}-{entry.pk}"
