"""Emergencies: what was prepared, what was raised, and what people answered."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.alerting import (
    AnswerState,
    Certainty,
    Kind,
    Purpose,
    Response,
    Severity,
    Urgency,
)
from notifications.events import ChannelMode
from notifications.lifecycle import BroadcastStatus
from notifications.scope import ScopedManager

from .clusters import Cluster
from .drills import DrillPlan
from .history import lean_history
from .messages import SharedManager
from .people import Recipient

#: A broadcast lives at least this long, and at most a week; minutes.
SHORTEST, LONGEST = 5, 7 * 24 * 60
AN_HOUR = 60


class Alarm(models.Model):
    """What a scenario prepares and a broadcast says: CAP's facts, words and ways.

    ``words`` holds purpose → language → headline, description, instruction and sms.
    ``ladder`` lists the steps that follow while somebody has not answered.
    """

    kind = models.CharField(
        _("kind"), max_length=9, choices=Kind.choices, default=Kind.SAFETY
    )
    response = models.CharField(
        _("what people do"),
        max_length=8,
        choices=Response.choices,
        default=Response.MONITOR,
    )
    severity = models.CharField(
        _("severity"),
        max_length=8,
        choices=Severity.choices,
        default=Severity.SEVERE,
    )
    urgency = models.CharField(
        _("urgency"), max_length=9, choices=Urgency.choices, default=Urgency.IMMEDIATE
    )
    certainty = models.CharField(
        _("certainty"),
        max_length=8,
        choices=Certainty.choices,
        default=Certainty.OBSERVED,
    )
    minutes = models.PositiveIntegerField(
        _("ends after (minutes)"),
        default=4 * AN_HOUR,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
    )
    channels = models.JSONField(default=list)
    channel_mode = models.CharField(
        max_length=5, choices=ChannelMode.choices, default=ChannelMode.EVERY
    )
    wants_answers = models.BooleanField(_("ask “are you safe?”"), default=True)
    words = models.JSONField(default=dict)
    ladder = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True


class Scenario(Alarm):
    """An emergency thought through beforehand; without a cluster: the system's.

    ``blanks`` are the few words to fill in: key, label (by language of the console) and
    a ready value, the same for all or by language.
    """

    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="scenarios"
    )
    slug = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=120)
    icon = models.CharField(max_length=40, default="siren")
    blanks = models.JSONField(default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SharedManager()
    history = lean_history(
        leave_out=["created_at", "updated_at"], foreign_keys=["cluster"]
    )

    class Meta:
        ordering = ("order", "name", "id")
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "slug"],
                condition=Q(cluster__isnull=False),
                name="one_scenario_of_a_slug",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(cluster=None),
                name="one_system_scenario_of_a_slug",
            ),
        ]

    def __str__(self) -> str:
        return self.name


#: One that said more about another took it over, unless it was a mistake itself.
TOOK_OVER = Q(live_at__isnull=False) & ~Q(ended_with=Purpose.SENT_IN_ERROR)


class Broadcast(Alarm):
    """An emergency, or the drill of one: drafted, approved, live, ended.

    ``bound`` is the hash of all that an approver says yes to, and ``expected_people``
    how many it was to reach then. ``blanks`` holds key → value.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="broadcasts")
    scenario = models.ForeignKey(
        Scenario, models.PROTECT, null=True, related_name="broadcasts"
    )
    scenario_version = models.PositiveIntegerField(null=True)
    #: The same in every cluster in which one emergency was raised at once.
    composition = models.UUIDField(null=True, editable=False)
    #: The one that this refers to, where what was prepared does not say enough.
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="sequels"
    )
    title = models.CharField(max_length=200)
    is_drill = models.BooleanField(default=False)
    #: Of a drill that came round: whose, and for which moment.
    plan = models.ForeignKey(
        DrillPlan, models.PROTECT, null=True, related_name="drills"
    )
    occasion = models.DateTimeField(null=True)
    blanks = models.JSONField(default=dict)
    audience = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10, choices=BroadcastStatus.choices, default=BroadcastStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    bound = models.CharField(max_length=64, blank=True)
    expected_people = models.PositiveIntegerField(null=True)
    live_people = models.PositiveIntegerField(null=True)
    #: What raised it, where that was no member of staff: "Fire panel 3". It gives each
    #: thing that happens a key of its own, so that telling us twice makes one.
    origin = models.CharField(max_length=120, blank=True)
    origin_key = models.CharField(max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    steps_taken = models.PositiveSmallIntegerField(default=0)
    broke_glass = models.BooleanField(default=False)
    break_glass_reason = models.CharField(max_length=500, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    ended_with = models.CharField(max_length=13, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["created_at", "updated_at"],
        foreign_keys=[
            "cluster",
            "scenario",
            "parent",
            "plan",
            "created_by",
            "last_edited_by",
            "submitted_by",
            "approved_by",
            "reviewed_by",
        ],
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        constraints = [
            models.UniqueConstraint(
                fields=["composition", "cluster"], name="one_broadcast_per_cluster"
            ),
            models.UniqueConstraint(
                fields=["cluster", "is_drill", "origin_key"],
                condition=~Q(origin_key=""),
                name="one_broadcast_per_key",
            ),
            models.UniqueConstraint(
                fields=["plan", "occasion"],
                condition=Q(plan__isnull=False),
                name="one_drill_per_occasion",
            ),
            models.CheckConstraint(
                condition=Q(plan=None) | Q(is_drill=True, occasion__isnull=False),
                name="only_drills_come_round",
            ),
        ]
        indexes = [
            models.Index(fields=["cluster", "-id"], name="broadcasts_newest"),
            models.Index(
                fields=["status", "expires_at"],
                condition=Q(status__in=["submitted", "live", "stopped"]),
                name="broadcasts_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def submitter(self) -> str:
        """Who, or what, wants it sent."""
        return str(self.submitted_by or self.origin or self.created_by)

    @property
    def editor(self) -> str:
        """Who, or what, its words are from as they stand."""
        return str(self.last_edited_by or self.origin or self.created_by)


class PublishedAlert(models.Model):
    """What was said in public, as CAP: kept as it left, and never changed."""

    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="published_alerts"
    )
    broadcast = models.ForeignKey(Broadcast, models.PROTECT, related_name="published")
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    identifier = models.CharField(max_length=60, unique=True)
    sender = models.CharField(max_length=254)
    sent_at = models.DateTimeField()
    kind = models.CharField(max_length=6)
    xml = models.TextField()

    objects = ScopedManager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["cluster", "-id"], name="alerts_newest")]

    def __str__(self) -> str:
        return self.identifier


class Answer(models.Model):
    """What somebody said of themselves in a broadcast, or staff said for them."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    broadcast = models.ForeignKey(Broadcast, models.PROTECT, related_name="answers")
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="answers")
    state = models.CharField(max_length=4, choices=AnswerState.choices)
    place = models.CharField(max_length=200, blank=True)
    by_staff = models.BooleanField(default=False)
    answered_at = models.DateTimeField()

    objects = ScopedManager()
    # No word of where they are: history cannot be blanked when somebody is erased.
    history = lean_history(
        leave_out=["place"], foreign_keys=["cluster", "broadcast", "recipient"]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "recipient"], name="one_answer_each"
            )
        ]
        indexes = [
            models.Index(fields=["broadcast", "state"], name="answers_of"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
