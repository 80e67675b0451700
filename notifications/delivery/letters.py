"""One person's message, made from the words of the dispatch and who they are."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from notifications import links
from notifications.channels import Form, Message
from notifications.composing import Compiled, Filler, Locale, Value, examples
from notifications.lifecycle import EntryReason
from notifications.models import Cluster, Content, Dispatch, Installation

from .marked import Marked


def locale_of(cluster: Cluster, language: str = "") -> Locale:
    """How dates, times and money are written for those who read a language there."""
    return Locale(language or cluster.language, cluster.time_zone, cluster.currency)


class Letters:
    """Writes the messages of one dispatch in the words of one Content.

    What is the same for everybody is done once, here. What cannot be written raises
    FillError, with the name of what is missing.
    """

    def __init__(self, dispatch: Dispatch, cluster: Cluster, content: Content) -> None:
        words = Compiled(subject=content.subject, html=content.html, text=content.text)
        # A test shows the words to staff, who have no unit and no zone.
        stand_ins = examples() if dispatch.is_test else None
        common = common_values(cluster)
        self._filler = Filler(
            words, locale_of(cluster, content.language), stand_ins, common
        )
        self._key = Installation.current().key_prefix
        self._asks = "answer_url" in self._filler.names
        self._shows = "review_url" in self._filler.names
        self._may_stop = not dispatch.event_definition.bypasses_preferences
        self._form = Form(
            sender=cluster.sender_email,
            sender_name=cluster.sender_name,
            reply_to=cluster.reply_to,
            subject=self._filler.words.subject,
            text=self._filler.words.text,
            html=self._filler.words.html,
            headers=self._common_headers(dispatch, cluster),
        )

    def write(self, entry: Marked) -> Message:
        """The message of an entry; the same key whenever it is tried."""
        stop = links.unsubscribe_url(links.sign_entry(entry.pk))
        personal = personal_values(
            name=entry.name,
            first_name=entry.first_name,
            unit=entry.unit,
            zone=entry.zone or "",
            unsubscribe_url=stop,
        )
        if self._asks:
            personal["answer_url"] = links.answer_url(links.sign_answer(entry.pk))
        if self._shows:
            personal["review_url"] = links.review_url(links.sign_review(entry.pk))
        gaps = self._filler.gaps(personal)
        headers = {"X-Tocsin-Entry": str(entry.pk)}
        if self._may_stop:
            headers["List-Unsubscribe"] = f"<{stop}>"
        return Message(
            key=f"{self._key}-{entry.pk}",
            to=entry.address,
            to_name=entry.name,
            form=self._form,
            subject_gaps=gaps.subject,
            text_gaps=gaps.text,
            html_gaps=gaps.html,
            headers=headers,
            # Whoever may have it already would drop the second, or lose it again.
            avoid=entry.provider if entry.reason == EntryReason.DOUBT else "",
        )

    def _common_headers(self, dispatch: Dispatch, cluster: Cluster) -> dict[str, str]:
        found = {
            "X-Tocsin-Cluster": str(cluster.uid),
            "X-Tocsin-Dispatch": str(dispatch.uid),
        }
        if self._may_stop:
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
    personal = personal_values(
        name=name,
        first_name=first_name,
        unit=unit,
        zone=zone,
        unsubscribe_url=unsubscribe_url,
    )
    return common_values(cluster, now) | personal


def common_values(
    cluster: Cluster, now: datetime | None = None
) -> dict[str, Value | None]:
    """What stands for the same with everybody in a cluster."""
    there = (now or timezone.now()).astimezone(ZoneInfo(cluster.time_zone))
    return {
        "cluster": cluster.name,
        "sender_name": cluster.sender_name,
        "today": there.date(),
    }


def personal_values(
    *, name: str, first_name: str, unit: str, zone: str, unsubscribe_url: str
) -> dict[str, Value | None]:
    """What differs from person to person."""
    return {
        "name": name,
        "first_name": first_name,
        "unit": unit,
        "zone": zone,
        "unsubscribe_url": unsubscribe_url,
    }
