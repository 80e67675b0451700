"""What this installation is, and the trouble that its staff were told of."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.scope import ScopedManager

from .clusters import Cluster
from .dispatches import Dispatch


class Installation(models.Model):
    """One row: who we are to a provider that remembers the keys of messages.

    A restored backup gives keys of entries away a second time, so it begins a new
    ``epoch``: by the clock, so that restoring one backup twice makes two.
    """

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    epoch = models.PositiveBigIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)
    restored_at = models.DateTimeField(null=True)
    backup_of = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_installation", condition=Q(id=1))
        ]

    def __str__(self) -> str:
        return self.key_prefix

    @classmethod
    def current(cls) -> Installation:
        """The one row, made at the first need."""
        found, _made = cls._default_manager.get_or_create(pk=1)
        return found

    @property
    def key_prefix(self) -> str:
        """What the key of every message begins with: installation and epoch."""
        return f"{self.uid.hex}-{self.epoch}"


class IncidentKind(models.TextChoices):
    FAILURES = "failures", _("Many failures")
    STANDSTILL = "standstill", _("Nothing moves")


class Incident(models.Model):
    """Trouble that staff were told of, once; open until it is over.

    Without a cluster it is the engine's. ``alert`` is the message to staff, ``bad`` of
    ``settled`` entries the numbers when it was opened, ``told`` how many were written
    to.
    """

    kind = models.CharField(max_length=10, choices=IncidentKind.choices)
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, related_name="incidents"
    )
    dispatch = models.ForeignKey(
        Dispatch, models.PROTECT, null=True, related_name="incidents"
    )
    alert = models.ForeignKey(Dispatch, models.PROTECT, null=True, related_name="+")
    settled = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = ScopedManager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["dispatch"], name="one_of_a_dispatch"),
            models.UniqueConstraint(
                fields=["cluster"],
                condition=Q(closed_at=None, dispatch=None),
                name="one_open_of_a_cluster",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(closed_at=None, cluster=None),
                name="one_open_of_the_engine",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.dispatch or self.cluster or ''}"


class AdminMail(models.Model):
    """A plain mail to one platform admin, past the engine: tried until it is told.

    ``due_at`` is when it is tried next; while one worker tries, no other does.
    """

    admin = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=300)
    words = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.subject
