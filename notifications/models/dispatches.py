"""One message on its way to one cluster, and the batches it travels in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.alerting import Purpose
from notifications.events import REGISTRY, ChannelKind, ChannelMode, Event, Lane
from notifications.lifecycle import DispatchStatus
from notifications.scope import ScopedManager

from .clusters import Cluster
from .emergencies import Broadcast
from .history import lean_history
from .messages import Announcement, Content


class Dispatch(models.Model):
    """Content, audience and balance sheet of one message.

    ``audience`` is frozen when the dispatch is made. ``fanned_out_to`` is the keyset
    cursor: entries exist for everybody in the audience up to that recipient's key;
    ``written`` counts them as they are made.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="dispatches")
    announcement = models.ForeignKey(
        Announcement, models.PROTECT, null=True, related_name="dispatches"
    )
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, related_name="dispatches"
    )
    purpose = models.CharField(max_length=13, choices=Purpose.choices, blank=True)
    #: The broadcast that staff are told about by this: it is no message of it.
    about = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, related_name="staff_told"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="follow_ups"
    )
    event = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices)
    channels = models.JSONField(default=list)
    channel_mode = models.CharField(
        max_length=5, choices=ChannelMode.choices, default=ChannelMode.EVERY
    )
    audience = models.JSONField(default=dict)
    is_test = models.BooleanField(default=False)
    status = models.CharField(
        max_length=10, choices=DispatchStatus.choices, default=DispatchStatus.PREPARING
    )
    version = models.PositiveIntegerField(default=1)
    fanned_out_to = models.BigIntegerField(default=0)
    fanned_out_at = models.DateTimeField(null=True)
    written = models.PositiveIntegerField(default=0)
    not_after = models.DateTimeField(null=True)
    paused_reason = models.CharField(max_length=250, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["fanned_out_to", "written", "channels", "audience", "created_at"],
        foreign_keys=[
            "cluster",
            "announcement",
            "broadcast",
            "about",
            "parent",
            "created_by",
        ],
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        indexes = [
            models.Index(fields=["cluster", "-id"], name="dispatches_newest"),
            models.Index(
                fields=["status"],
                condition=Q(status__in=["preparing", "sending", "paused"]),
                name="dispatches_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def family(self) -> list[int]:
        """Keys of all that tries the same message, from the first dispatch on."""
        first = self
        while first.parent is not None:
            first = first.parent
        found = [first.pk]
        below = found
        while below:
            later = Dispatch.objects.filter(parent__in=below).order_by("pk")
            below = list(later.values_list("pk", flat=True))
            found += below
        return found

    @property
    def event_definition(self) -> Event:
        return REGISTRY[self.event]


class DispatchContent(models.Model):
    """Which Content a dispatch says in a language on a channel."""

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="contents")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    language = models.CharField(max_length=12)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch", "channel", "language"],
                name="one_content_per_language",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.language}"


class Batch(models.Model):
    """Some entries of a dispatch, queued: the unit of leasing.

    A batch is free when ``leased_until`` is empty or past; a worker that leases it
    writes its own ``token``, and only the holder of the token may settle entries.
    ``troubled_since`` says from when on the provider could not be reached for these.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="batches")
    lane = models.PositiveSmallIntegerField(choices=Lane.choices)
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    size = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    token = models.CharField(max_length=32, blank=True)
    leased_by = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True)
    leases = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    troubled_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["lane", "due_at", "id"],
                condition=Q(done_at=None),
                name="batches_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.size})"


class Bypass(models.Model):
    """How many people one message of an emergency reached against their wish.

    Those in the quiet hours of their cluster are counted apart.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="bypasses")
    broadcast = models.ForeignKey(Broadcast, models.PROTECT, related_name="bypasses")
    dispatch = models.OneToOneField(Dispatch, models.PROTECT, related_name="bypass")
    people = models.PositiveIntegerField()
    in_quiet_hours = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["cluster", "at"], name="bypasses_of")]

    def __str__(self) -> str:
        return f"{self.dispatch_id}: {self.people}"
