"""The log: one entry per recipient and channel of a dispatch, with its history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import fingerprints
from notifications.events import ChannelKind
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.scope import ScopedManager

from .clusters import Cluster
from .dispatches import Batch, Dispatch
from .history import lean_history
from .messages import Content
from .people import Recipient


class Addressee(models.Model):
    """Who and where an entry went, as they were: the personal data behind the log.

    Rows are shared by the entries of one person as long as nothing about them
    changes. Erasing blanks the words and keeps fingerprint and commitment: a keyed
    promise of name, unit and address that history repeats.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, null=True, related_name="addressees"
    )
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    name = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=320, blank=True)
    fingerprint = models.CharField(max_length=fingerprints.LENGTH, blank=True)
    commitment = models.CharField(max_length=fingerprints.LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "channel", "commitment"],
                condition=Q(erased_at=None),
                name="one_addressee_as_they_were",
            )
        ]
        indexes = [
            models.Index(
                fields=["cluster", "channel", "fingerprint"], name="addressees"
            )
        ]

    def __str__(self) -> str:
        return self.name or str(_("Erased person"))


class NotificationLog(models.Model):
    """One entry: its status now. Its history is every step that it took.

    ``token`` fences outcomes: the worker that marked the entry is the only one whose
    outcome counts. ``key`` of a message is derived from the entry's own key, so that
    every attempt carries the same one.
    """

    # Without indexes of their own: those below begin with these keys, or nobody asks.
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="+", db_index=False
    )
    dispatch = models.ForeignKey(
        Dispatch, models.PROTECT, related_name="entries", db_index=False
    )
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="entries")
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="entries")
    content = models.ForeignKey(
        Content, models.PROTECT, null=True, related_name="+", db_index=False
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    status = models.CharField(max_length=10, choices=EntryStatus.choices)
    reason = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=250, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.CharField(max_length=32, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    provider = models.CharField(max_length=60, blank=True)
    provider_id = models.CharField(max_length=255, blank=True)
    commitment = models.CharField(max_length=fingerprints.LENGTH)
    planned_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=[
            "dispatch",
            "recipient",
            "channel",
            "addressee",
            "content",
            "token",
            "sender",
            "planned_at",
            "sent_at",
            "settled_at",
            "delivered_at",
            "bounced_at",
            "opened_at",
            "clicked_at",
            "complained_at",
        ],
        foreign_keys=["cluster", "batch"],
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch", "recipient", "channel"], name="one_entry"
            ),
            models.CheckConstraint(
                name="sending_has_token_and_attempt",
                condition=~Q(status=EntryStatus.SENDING)
                | (~Q(token="") & Q(attempts__gt=0)),
            ),
            models.CheckConstraint(
                name="skipped_has_reason",
                condition=~Q(status=EntryStatus.SKIPPED)
                | Q(reason__in=SkipReason.values),
            ),
        ]
        indexes = [
            models.Index(fields=["dispatch", "status", "id"], name="entries_of"),
            models.Index(fields=["cluster", "-id"], name="entries_newest"),
            # Not by status: SQLite cannot tell that a parameter is in the list.
            models.Index(
                fields=["batch", "id"],
                condition=Q(settled_at=None),
                name="entries_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_status_display()}"
