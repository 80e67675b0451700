"""The columns of each export, with their headings in words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from notifications.events import ChannelKind
from notifications.lifecycle import EntryStatus
from notifications.models import NotificationLog, OptOut, Recipient

from . import words


class Moment(Widget):
    """A time in the cluster's zone, with its offset."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return words.moment(value)


def column(heading: Any, attribute: str | None = None) -> Field:
    """A column of text; without an attribute a ``dehydrate_`` method fills it."""
    return Field(attribute=attribute, column_name=heading)


def time_of(heading: Any, attribute: str) -> Field:
    """A column of times."""
    return Field(attribute=attribute, column_name=heading, widget=Moment())


class EntryResource(Resource):
    """What every export of log entries says of one.

    Labels are translated once per export: for each row that was half of the time.
    """

    name = column(_("Name"))
    unit = column(_("Unit"), "addressee__unit")
    channel = column(_("Channel"))
    address = column(_("Address"), "addressee__address")
    status = column(_("Status"))
    why = column(_("Reason"))
    attempts = column(_("Attempts"), "attempts")
    planned_at = time_of(_("Planned"), "planned_at")
    sent_at = time_of(_("Sent"), "sent_at")
    delivered_at = time_of(_("Delivered"), "delivered_at")
    bounced_at = time_of(_("Bounced"), "bounced_at")
    opened_at = time_of(_("Opened"), "opened_at")
    settled_at = time_of(_("Settled"), "settled_at")
    entry = column(_("Entry"), "pk")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._channels = {kind.value: str(kind.label) for kind in ChannelKind}
        self._statuses = {one.value: str(one.label) for one in EntryStatus}
        self._whys = lru_cache(1_000)(words.why_of)

    def dehydrate_name(self, entry: NotificationLog) -> str:
        return words.name_of(entry.addressee)

    def dehydrate_channel(self, entry: NotificationLog) -> str:
        return self._channels[entry.channel]

    def dehydrate_status(self, entry: NotificationLog) -> str:
        return self._statuses[entry.status]

    def dehydrate_why(self, entry: NotificationLog) -> str:
        return self._whys(entry.reason, entry.detail)


class LogResource(EntryResource):
    """The log: an entry with its dispatch and what the provider calls it."""

    dispatch = column(_("Message"), "dispatch__title")
    event = column(_("Kind"))
    is_test = column(_("Test"))
    sender = column(_("Sender"), "sender")
    provider = column(_("Provider"), "provider")
    provider_id = column(_("Provider’s id"), "provider_id")

    class Meta:
        export_order = ("planned_at", "dispatch", "event", "is_test", "name", "unit")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._events = lru_cache(1_000)(words.event_words)

    def dehydrate_event(self, entry: NotificationLog) -> str:
        return self._events(entry.dispatch.event)

    def dehydrate_is_test(self, entry: NotificationLog) -> str:
        return words.yes(entry.dispatch.is_test)


class PeopleResource(Resource):
    """People, under headings that the import knows again."""

    external_id = column(_("External id"), "external_id")
    name = column(_("Name"), "name")
    unit = column(_("Unit"), "unit")
    zone = column(_("Zone"), "zone__name")
    language = column(_("Language"), "language")
    tags = column(_("Tags"))
    email = column(_("Email"))
    phone = column(_("Phone"))
    opted_out = column(_("Opted out of"))
    archived_at = time_of(_("Archived"), "archived_at")

    def dehydrate_tags(self, person: Recipient) -> str:
        return "; ".join(tag.name for tag in person.tags.all())

    def dehydrate_email(self, person: Recipient) -> str:
        return self._address(person, ChannelKind.EMAIL)

    def dehydrate_phone(self, person: Recipient) -> str:
        return self._address(person, ChannelKind.SMS)

    def dehydrate_opted_out(self, person: Recipient) -> str:
        return "; ".join(
            words.refusal_words(opt_out)
            for opt_out in person.opt_outs.all()
            if opt_out.is_in_force
        )

    def _address(self, person: Recipient, channel: ChannelKind) -> str:
        points = [
            point.value
            for point in person.contact_points.all()
            if point.channel == channel and point.active
        ]
        return points[0] if points else ""


class OptOutResource(Resource):
    """Refusals, with the evidence and what became of them."""

    person = column(_("Name"))
    unit = column(_("Unit"), "recipient__unit")
    what = column(_("Opted out of"))
    for_others = column(_("Also others at the address"))
    source = column(_("How it came"), "get_source_display")
    reason = column(_("Reason"), "reason")
    evidence = column(_("Evidence"), "evidence")
    recorded_by = column(_("Recorded by"))
    created_at = time_of(_("Since"), "created_at")
    expires_at = time_of(_("Expires"), "expires_at")
    lifted_at = time_of(_("Lifted"), "lifted_at")
    lift_reason = column(_("Why lifted"), "lift_reason")
    in_force = column(_("In force"))

    def dehydrate_person(self, opt_out: OptOut) -> str:
        return str(opt_out.recipient or _("Deleted person"))

    def dehydrate_what(self, opt_out: OptOut) -> str:
        return words.refusal_words(opt_out)

    def dehydrate_for_others(self, opt_out: OptOut) -> str:
        return words.yes(opt_out.holds_for_others)

    def dehydrate_recorded_by(self, opt_out: OptOut) -> str:
        by = opt_out.created_by
        return str(by or "")

    def dehydrate_in_force(self, opt_out: OptOut) -> str:
        return words.yes(opt_out.is_in_force)
