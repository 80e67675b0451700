"""What somebody with a message in their hand has chosen, and may choose."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from notifications import links
from notifications.actions import opt_outs
from notifications.actors import Actor, ActorKind
from notifications.events import REGISTRY, Category
from notifications.models import NotificationLog, OptOut, OptOutSource

#: Staff read it in history; the person's name must not stand there.
THE_PERSON = "The person"
TAKEN_BACK = "Taken back by the person, by the same link"


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand between a person and their messages on one channel.

    ``nothing`` is when they get none at all, ``less`` when not of this category;
    ``own`` when they said so themselves and may take it back.
    """

    nothing: bool
    less: bool
    own: bool


def entry_of(token: str) -> NotificationLog:
    """The entry that a token names; raises BrokenLink, also where it is gone."""
    key = links.read_entry(token)
    # Unscoped: the signature is the right to it, and it says which cluster it is.
    rows = NotificationLog._base_manager.select_related(
        "cluster", "recipient", "dispatch", "addressee"
    )
    entry = rows.filter(pk=key).first()
    if entry is None:
        raise links.BrokenLink(
            _("The message of this link is no longer on record. Answer it instead.")
        )
    return entry


def category_of(entry: NotificationLog) -> Category:
    """What the message was about."""
    return REGISTRY[entry.dispatch.event].category


def standing(entry: NotificationLog) -> Standing:
    """What is refused now by this person, on this channel."""
    rows = list(_refusals(entry))
    return Standing(
        nothing=any(not row.category for row in rows),
        less=any(row.category for row in rows),
        own=bool(rows) and all(row.source in opt_outs.BY_THE_PERSON for row in rows),
    )


def stop(entry: NotificationLog, *, everything: bool, source: OptOutSource) -> OptOut:
    """Refuse this category, or everything, at the address the message went to."""
    return opt_outs.opt_out(
        entry.cluster,
        entry.recipient,
        channel=entry.channel,
        category="" if everything else category_of(entry),
        source=source,
        entry=entry,
        shared=True,
    )


def take_back(entry: NotificationLog) -> None:
    """Lift what this person refused themselves."""
    for row in _refusals(entry).filter(source__in=opt_outs.BY_THE_PERSON):
        opt_outs.lift(row, reason=TAKEN_BACK)


def person_of(entry: NotificationLog) -> Actor:
    """Who acts: history knows them by their key alone."""
    return Actor(ActorKind.PERSON, entry.recipient_id, THE_PERSON)


def _refusals(entry: NotificationLog) -> QuerySet[OptOut]:
    return OptOut.objects.in_force().filter(
        Q(category="") | Q(category=category_of(entry)),
        Q(channel="") | Q(channel=entry.channel),
        cluster=entry.cluster_id,
        recipient=entry.recipient_id,
    )
