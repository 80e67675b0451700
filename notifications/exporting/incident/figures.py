"""A broadcast in numbers: by message, by zone, by answer; and whom it did not reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from notifications.alerting import AnswerState, Purpose
from notifications.audience import Criteria, mustered, people, zone_names
from notifications.events import ChannelKind
from notifications.exporting import words
from notifications.lifecycle import REACHED
from notifications.models import Answer, Broadcast, Dispatch, NotificationLog
from notifications.models.tallying import tallies

#: Whoever has one of these has the alert.
ALERTS = (Purpose.ALERT, Purpose.LADDER)
#: As many people as a report names; the files with a row for each have all.
MOST = 200

#: In the place of the key of a zone, for those who live in none.
NOWHERE = 0


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone: how many live there, have it, and have answered what."""

    zone: str
    people: int
    reached: int
    safe: int
    help: int

    @property
    def silent(self) -> int:
        return max(self.people - self.safe - self.help, 0)


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody whom nothing of it reached, and why on each channel."""

    name: str
    unit: str
    zone: str
    why: str


def zones_of(broadcast: Broadcast, said: Sequence[Dispatch]) -> Iterator[ZoneRow]:
    """Every zone of the audience, by name; people without a zone come last."""
    criteria = Criteria.from_json(broadcast.audience)
    meant = people(broadcast.cluster, criteria).order_by()
    living = _counted(meant.values("zone").annotate(n=Count("pk")), "zone")
    reached: dict[int, int] = {}
    if keys := _alerts(said):
        by_zone = _entries(keys).filter(status__in=REACHED)
        counts = by_zone.values("recipient__zone").annotate(
            n=Count("recipient", distinct=True)
        )
        reached = _counted(counts, "recipient__zone")
    answers = _answers(broadcast)
    answered: dict[int, dict[str, int]] = defaultdict(dict)
    for row in answers.values("recipient__zone", "state").annotate(n=Count("pk")):
        answered[row["recipient__zone"] or NOWHERE][row["state"]] = row["n"]
    names = zone_names(broadcast.cluster)
    zones = living.keys() | answered.keys()
    for zone in sorted(zones, key=lambda key: (not key, names.get(key, "").casefold())):
        yield ZoneRow(
            zone=names.get(zone) or _("No zone"),
            people=living.get(zone, 0),
            reached=reached.get(zone, 0),
            safe=answered[zone].get(AnswerState.SAFE, 0),
            help=answered[zone].get(AnswerState.HELP, 0),
        )


def answers_of(broadcast: Broadcast) -> dict[str, int]:
    """How many people gave each answer."""
    rows = _answers(broadcast).values("state")
    counts = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return {each: counts.get(each, 0) for each in AnswerState.values}


def _answers(broadcast: Broadcast) -> Any:
    """Of those it is about; of others, contacts say, only a call for help counts."""
    looked_for = mustered(broadcast).order_by().values("pk")
    return Answer.objects.filter(
        broadcast=broadcast, recipient__in=looked_for
    ).order_by()


def delivery_of(said: Sequence[Dispatch]) -> Iterator[tuple[str, str, str, str, str]]:
    """Message, channel, status, why, and how many entries stand there."""
    counted = tallies(said)
    for dispatch in said:
        label = str(Purpose(dispatch.purpose).label)
        for line in sorted(counted[dispatch.pk].lines, key=lambda one: one.channel):
            yield (
                label,
                str(ChannelKind(line.channel).label),
                words.status_words(line.status),
                words.reason_words(line.reason),
                str(line.number),
            )


def missed_of(said: Sequence[Dispatch]) -> tuple[list[Missed], int]:
    """Whom the alert reached on no channel: the first of them, and how many in all."""
    keys = _alerts(said)
    reached = _entries(keys).filter(status__in=REACHED).values("recipient")
    silent = _entries(keys).exclude(recipient__in=reached)
    count = silent.aggregate(n=Count("recipient", distinct=True))["n"]
    ordered = ("recipient__zone__path", "recipient__unit", "recipient__name_key")
    first = silent.order_by(*ordered, "recipient").values_list("recipient", *ordered)
    shown = [row[0] for row in first.distinct()[:MOST]]
    rows: dict[int, list[NotificationLog]] = defaultdict(list)
    theirs = silent.filter(recipient__in=shown).order_by("pk")
    for entry in theirs.select_related("addressee", "recipient__zone"):
        rows[entry.recipient_id].append(entry)
    return [_missed(rows[pk]) for pk in shown], count


def in_need(broadcast: Broadcast) -> tuple[list[tuple[str, str, str]], int]:
    """Name, unit and zone of those who said that they need help, and how many did.

    Not where they are: what was taken away as a file cannot be blanked any more.
    """
    asked = Answer.objects.filter(broadcast=broadcast, state=AnswerState.HELP)
    rows = asked.select_related("recipient__zone").order_by("answered_at")[:MOST]
    shown = [
        (each.recipient.name, each.recipient.unit, _zone(each.recipient))
        for each in rows
    ]
    return shown, asked.count()


def _missed(entries: Sequence[NotificationLog]) -> Missed:
    first = entries[0]
    why = "; ".join(
        f"{ChannelKind(each.channel).label}: "
        f"{words.reason_words(each.reason) or words.status_words(each.status)}"
        for each in entries
    )
    who = first.addressee
    return Missed(words.name_of(who), who.unit, _zone(first.recipient), why)


def _zone(person: Any) -> str:
    return person.zone.name if person.zone else ""


def _alerts(said: Sequence[Dispatch]) -> list[int]:
    return [each.pk for each in said if each.purpose in ALERTS]


def _entries(keys: Sequence[int]) -> Any:
    # Unscoped: naming the cluster too would lead SQLite through all of its log.
    return NotificationLog._base_manager.filter(dispatch__in=keys).order_by()


def _counted(rows: Any, name: str) -> dict[int, int]:
    return {row[name] or NOWHERE: row["n"] for row in rows}
