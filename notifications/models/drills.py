"""Drills that come round: what is practised, by whom, and how often."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.lifecycle import DrillPlanStatus
from notifications.scope import ScopedManager

from .clusters import Cluster
from .history import lean_history

#: Of weeks, months or years between two drills.
MOST_OFTEN, MOST_SELDOM = 1, 52


class Rhythm(models.TextChoices):
    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")


class DrillPlan(models.Model):
    """A drill that is put before the approvers again and again.

    ``first_wall`` is what clocks in ``time_zone`` show at the first one, labelled UTC;
    ``number`` counts from it, so that the times follow the clock on the wall. ``note``
    says what became of the last one, where it did not come about.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="drill_plans")
    scenario = models.SlugField(max_length=60)
    audience = models.JSONField(default=dict)
    every = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(MOST_OFTEN), MaxValueValidator(MOST_SELDOM)]
    )
    rhythm = models.CharField(max_length=6, choices=Rhythm.choices)
    first_wall = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    number = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    status = models.CharField(
        max_length=7, choices=DrillPlanStatus.choices, default=DrillPlanStatus.ACTIVE
    )
    version = models.PositiveIntegerField(default=1)
    note = models.CharField(max_length=250, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["created_at"],
        foreign_keys=["cluster", "created_by", "last_edited_by"],
    )

    class Meta:
        ordering = ("next_at", "id")
        verbose_name = _("planned drill")
        verbose_name_plural = _("planned drills")
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(status=DrillPlanStatus.ACTIVE),
                name="drills_to_come",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario}, {self.next_at:%Y-%m-%d}"
