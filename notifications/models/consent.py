"""What must not be sent: people's own refusals, and addresses that are dead."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import fingerprints
from notifications.events import Category, ChannelKind
from notifications.scope import ScopedManager

from .clusters import Cluster
from .history import lean_history
from .people import Recipient


class OptOutSource(models.TextChoices):
    """How a refusal came to us."""

    STAFF = "staff", _("Staff, for the person")
    LINK = "link", _("The person, by the link in a message")
    ONE_CLICK = "one_click", _("The person, by their mail program")
    IMPORT = "import", _("An imported file")
    CARRIER = "carrier", _("STOP to the carrier")


class OptOutQuerySet(models.QuerySet["OptOut"]):
    """The words for refusals."""

    def in_force(self) -> OptOutQuerySet:
        """Neither lifted nor expired."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()), lifted_at=None
        )


OptOutManager = ScopedManager.from_queryset(OptOutQuerySet)


class OptOut(models.Model):
    """ "Do not send me this": for everything, a channel, or a category.

    It holds on to the person and to fingerprints of names and addresses, so that it
    survives deletion, erasure and re-import.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="opt_outs")
    recipient = models.ForeignKey(
        Recipient,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opt_outs",
        verbose_name=_("person"),
    )
    channel = models.CharField(
        _("channel"),
        max_length=10,
        choices=ChannelKind.choices,
        blank=True,
        help_text=_("Empty: every channel."),
    )
    category = models.CharField(
        _("category"),
        max_length=20,
        choices=Category.choices,
        blank=True,
        help_text=_("Empty: everything."),
    )
    source = models.CharField(
        _("how it came"), max_length=10, choices=OptOutSource.choices
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    evidence = models.TextField(
        _("evidence"),
        blank=True,
        help_text=_("Where the wish is on record: a letter, a call, a form."),
    )
    source_entry = models.ForeignKey(
        "notifications.NotificationLog",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opt_outs",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    lift_reason = models.CharField(max_length=250, blank=True, editable=False)

    objects = OptOutManager()
    history = lean_history(
        leave_out=["evidence", "source_entry", "created_by"],
        foreign_keys=["cluster", "recipient"],
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=Q(lifted_at=None),
                name="opt_out_in_force",
            ),
            models.Index(fields=["cluster", "-id"], name="opt_outs_newest"),
        ]

    def __str__(self) -> str:
        what = self.get_category_display() if self.category else _("everything")
        how = self.get_channel_display() if self.channel else _("every channel")
        return f"{what}, {how}"

    @property
    def is_in_force(self) -> bool:
        expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.lifted_at is None and not expired

    @property
    def holds_for_others(self) -> bool:
        """Whether it holds for others at one of its addresses too."""
        gone = self.recipient is None or self.recipient.archived_at is not None
        return gone or any(address.shared for address in self.addresses.all())


class OptOutAddress(models.Model):
    """An address and a name by which an opt-out knows its person again.

    With ``shared`` it also holds for others who have the address, as it does for
    everybody once the person is archived or deleted.
    """

    opt_out = models.ForeignKey(OptOut, models.CASCADE, related_name="addresses")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    fingerprint = models.CharField(max_length=fingerprints.LENGTH)
    person_fingerprint = models.CharField(max_length=fingerprints.LENGTH, blank=True)
    shared = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["cluster", "channel", "fingerprint"], name="opt_out_address"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["opt_out", "channel", "fingerprint", "person_fingerprint"],
                name="one_fingerprint_per_opt_out",
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint


class SuppressionReason(models.TextChoices):
    BOUNCE = "bounce", _("The address does not exist")
    COMPLAINT = "complaint", _("Reported as spam")
    STOP = "stop", _("STOP to the carrier")
    DEVICE = "device", _("The device is gone")


class Suppression(models.Model):
    """An address that must not be used, not even in an emergency."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="suppressions")
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    fingerprint = models.CharField(max_length=fingerprints.LENGTH)
    reason = models.CharField(max_length=10, choices=SuppressionReason.choices)
    note = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    history = lean_history(foreign_keys=["cluster"])

    class Meta:
        verbose_name = _("suppression")
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "channel", "fingerprint"],
                name="one_suppression_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
