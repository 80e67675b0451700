"""What the explanations know of an entry, looked up once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.events import REGISTRY, Category, ChannelKind
from notifications.models import NotificationLog, OptOut, Suppression

from . import times


@dataclass(frozen=True)
class Facts:
    """An entry with the words that every explanation of it needs."""

    entry: NotificationLog

    @property
    def name(self) -> str:
        """The name as it was."""
        return self.entry.addressee.name or _("this person")

    @property
    def place(self) -> str:
        """Where it went: "Anna’s email"."""
        known = {
            ChannelKind.EMAIL: _("%(name)s’s email"),
            ChannelKind.SMS: _("%(name)s’s phone"),
            ChannelKind.PUSH: _("%(name)s’s device"),
            ChannelKind.APP: _("%(name)s’s inbox"),
        }
        return known[ChannelKind(self.entry.channel)] % {"name": self.name}

    @property
    def address(self) -> str:
        """What is missing without an address: "an email address"."""
        known = {
            ChannelKind.EMAIL: _("an email address"),
            ChannelKind.SMS: _("a mobile number"),
            ChannelKind.PUSH: _("a device"),
            ChannelKind.APP: _("a login"),
        }
        return known[ChannelKind(self.entry.channel)]

    @property
    def category(self) -> str:
        event = REGISTRY.get(self.entry.dispatch.event)
        return event.category if event else ""

    def when(self, moment: datetime | None) -> str:
        """The moment in the cluster's zone; "" for none."""
        zone = self.entry.cluster.time_zone
        return times.moment_words(moment, zone) if moment else ""

    def day(self, moment: datetime) -> str:
        return times.day(moment, self.entry.cluster.time_zone)

    @cached_property
    def refusal(self) -> OptOut | None:
        """The opt-out that was in force when the entry was skipped."""
        at = self.entry.settled_at or timezone.now()
        found = OptOut.objects.filter(
            Q(lifted_at=None) | Q(lifted_at__gt=at),
            Q(expires_at=None) | Q(expires_at__gt=at),
            self._of_person_or_address(),
            cluster=self.entry.cluster_id,
            channel__in=("", self.entry.channel),
            category__in=("", self.category),
            created_at__lte=at,
        )
        first: OptOut | None = found.order_by("created_at", "pk").distinct().first()
        return first

    def _of_person_or_address(self) -> Q:
        person = self.entry.recipient
        wanted = Q(recipient=person.pk)
        if fingerprint := self.entry.addressee.fingerprint:
            same = Q(addresses__shared=True) | Q(recipient=None)
            same |= Q(recipient__archived_at__isnull=False)
            if person.fingerprint:
                same |= Q(addresses__person_fingerprint=person.fingerprint)
            wanted |= same & Q(
                addresses__channel=self.entry.channel,
                addresses__fingerprint=fingerprint,
            )
        return wanted

    @cached_property
    def suppression(self) -> Suppression | None:
        """What says now that the address must not be used."""
        found: Suppression | None = Suppression.objects.filter(
            cluster=self.entry.cluster_id,
            channel=self.entry.channel,
            fingerprint=self.entry.addressee.fingerprint,
        ).first()
        return found


def refused_words(opt_out: OptOut) -> str:
    """What was refused: "newsletters", "every message"."""
    known = {
        Category.ANNOUNCEMENTS: _("announcements"),
        Category.MAINTENANCE: _("maintenance notices"),
        Category.PAYMENTS: _("payment reminders"),
        Category.NEWSLETTER: _("newsletters"),
        Category.COMMUNITY: _("community news"),
        Category.VISITORS: _("visitor notices"),
    }
    what = known.get(Category(opt_out.category)) if opt_out.category else None
    what = what or _("every message")
    if not opt_out.channel:
        return what
    how = {
        ChannelKind.EMAIL: _("by email"),
        ChannelKind.SMS: _("by SMS"),
        ChannelKind.PUSH: _("by push"),
        ChannelKind.APP: _("in the app"),
    }
    return f"{what} {how[ChannelKind(opt_out.channel)]}"
