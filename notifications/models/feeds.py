"""Alerts of others: where they are asked for, and what came of each."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.alerting import Severity
from notifications.scope import ScopedManager

from .clusters import Cluster
from .emergencies import Broadcast, Scenario
from .history import lean_history


class AlertFeed(models.Model):
    """An address that publishes CAP, asked again and again on behalf of a cluster.

    ``audience`` holds criteria: where its alerts matter here. ``areas`` are the words
    and codes of which an alert must name one; none: every alert counts. Whoever saved
    it last is who its drafts are begun by.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="alert_feeds")
    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    active = models.BooleanField(default=True)
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="+")
    audience = models.JSONField(default=dict)
    areas = models.JSONField(default=list)
    severity_from = models.CharField(
        max_length=8, choices=Severity.choices, default=Severity.MINOR
    )
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    #: Whoever moves this first is who asks.
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    polled_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    etag = models.CharField(max_length=250, blank=True)
    modified = models.CharField(max_length=60, blank=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=[
            "created_at",
            "due_at",
            "polled_at",
            "answered_at",
            "problem",
            "etag",
            "modified",
        ],
        foreign_keys=["cluster", "scenario", "saved_by"],
    )

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("alert feed")
        verbose_name_plural = _("alert feeds")

    def __str__(self) -> str:
        return self.name


class Became(models.TextChoices):
    """What came of an alert of others."""

    DRAFT = "draft", _("A draft")
    NOTE = "note", _("A note")
    NOTHING = "nothing", _("Nothing")


class InboundAlert(models.Model):
    """One message of a feed, taken in once, however many workers ask."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    feed = models.ForeignKey(AlertFeed, models.PROTECT, related_name="alerts")
    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    headline = models.CharField(max_length=200)
    #: The hash of where it stood in a list, so that it is not fetched again.
    seen_as = models.CharField(max_length=64, blank=True)
    became = models.CharField(max_length=7, choices=Became.choices)
    why = models.CharField(max_length=250, blank=True)
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, related_name="inbound"
    )
    xml = models.TextField(blank=True)
    came_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects = ScopedManager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "sender", "identifier", "sent_at"],
                name="one_inbound_alert",
            )
        ]
        indexes = [models.Index(fields=["feed", "seen_as"], name="inbound_seen")]

    def __str__(self) -> str:
        return self.headline or self.identifier
