"""The registered kinds of thing worth telling people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum

from django.db.models import IntegerChoices, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Priority(IntEnum):
    """How much an event may interrupt; CRITICAL obeys the broadcast rules."""

    CRITICAL = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class Lane(IntegerChoices):
    """The queue a batch waits in; a lower number always overtakes."""

    EMERGENCY = 0, _("Emergency")
    URGENT = 1, _("Urgent")
    NORMAL = 2, _("Normal")
    BULK = 3, _("Bulk")


class ChannelKind(TextChoices):
    """The ways to reach a person."""

    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")
    PUSH = "push", _("Push")
    APP = "app", _("App")


class Category(TextChoices):
    """What a message is about, as far as a person may refuse it."""

    ANNOUNCEMENTS = "announcements", _("Announcements")
    MAINTENANCE = "maintenance", _("Maintenance")
    PAYMENTS = "payments", _("Payments")
    NEWSLETTER = "newsletter", _("Newsletter")
    COMMUNITY = "community", _("Community")
    VISITORS = "visitors", _("Visitors")
    EMERGENCY = "emergency", _("Emergencies")


class ChannelMode(TextChoices):
    """How the channels of one message are used."""

    EVERY = "every", _("Every channel")
    FIRST = "first", _("First that reaches")


@dataclass(frozen=True, slots=True)
class Event:
    """One registered kind of event.

    ``for_staff`` ones go to staff, who are named one by one. ``tries`` and
    ``retry_interval`` (the shortest pause before the next try) replace those of its
    lane.
    """

    name: str
    label: str | Promise
    priority: Priority
    category: Category
    channels: tuple[ChannelKind, ...] = (ChannelKind.EMAIL,)
    parameters: tuple[str, ...] = field(default=())
    tries: int | None = None
    retry_interval: timedelta | None = None
    for_staff: bool = False

    @property
    def lane(self) -> Lane:
        return Lane(self.priority - 1)

    @property
    def bypasses_preferences(self) -> bool:
        return self.priority is Priority.CRITICAL

    @property
    def needs_broadcast(self) -> bool:
        """Whether it leaves only as a message of a broadcast that somebody approved."""
        return self.category is Category.EMERGENCY and not self.for_staff


ANNOUNCEMENT_POSTED = Event(
    "announcement_posted",
    _("Announcement"),
    Priority.MEDIUM,
    Category.ANNOUNCEMENTS,
)
MAINTENANCE_NOTICE = Event(
    "maintenance_notice",
    _("Maintenance notice"),
    Priority.MEDIUM,
    Category.MAINTENANCE,
)
MAINTENANCE_URGENT = Event(
    "maintenance_urgent",
    _("Urgent maintenance"),
    Priority.HIGH,
    Category.MAINTENANCE,
)
PAYMENT_DUE = Event("payment_due", _("Payment due"), Priority.MEDIUM, Category.PAYMENTS)
NEWSLETTER = Event("newsletter", _("Newsletter"), Priority.LOW, Category.NEWSLETTER)
TEST_MESSAGE = Event(
    "test_message", _("Test to myself"), Priority.HIGH, Category.ANNOUNCEMENTS
)
DELIVERY_TROUBLE = Event(
    "delivery_trouble", _("Alert to staff"), Priority.HIGH, Category.ANNOUNCEMENTS
)

EMERGENCY = Event(
    "emergency",
    _("Emergency"),
    Priority.CRITICAL,
    Category.EMERGENCY,
    (ChannelKind.SMS, ChannelKind.EMAIL),
)
#: An exercise is no emergency: it bypasses nothing.
EMERGENCY_DRILL = Event(
    "emergency_drill",
    _("Emergency drill"),
    Priority.HIGH,
    Category.EMERGENCY,
    (ChannelKind.SMS, ChannelKind.EMAIL),
)
#: To staff: somebody waits for them on the worst night of the year.
STAFF_ALARM = Event(
    "staff_alarm",
    _("Alarm to staff"),
    Priority.CRITICAL,
    Category.EMERGENCY,
    (ChannelKind.SMS, ChannelKind.EMAIL),
    for_staff=True,
)

#: To staff about a drill: nothing that may wake anybody against their wish.
STAFF_DRILL = Event(
    "staff_drill",
    _("Drill, to staff"),
    Priority.HIGH,
    Category.EMERGENCY,
    (ChannelKind.SMS, ChannelKind.EMAIL),
    for_staff=True,
)

REGISTRY: dict[str, Event] = {
    event.name: event
    for event in (
        ANNOUNCEMENT_POSTED,
        MAINTENANCE_NOTICE,
        MAINTENANCE_URGENT,
        PAYMENT_DUE,
        NEWSLETTER,
        TEST_MESSAGE,
        DELIVERY_TROUBLE,
        EMERGENCY,
        EMERGENCY_DRILL,
        STAFF_ALARM,
        STAFF_DRILL,
    )
}

#: What staff may choose for an announcement, in the order they see it.
ANNOUNCEABLE = (
    ANNOUNCEMENT_POSTED,
    MAINTENANCE_NOTICE,
    MAINTENANCE_URGENT,
    PAYMENT_DUE,
    NEWSLETTER,
)
