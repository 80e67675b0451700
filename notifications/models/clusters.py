"""The tenant, its places and the staff who work there."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.fingerprints import name_key
from notifications.quiet import QuietHours, quiet_hours
from notifications.scope import OwnKeyManager, ScopedManager

from .history import OwnKeyHistory, lean_history

#: Folding can lengthen a name: one letter may become three.
LONGEST_ZONE_KEY = 160


def check_time_zone(value: str) -> None:
    """Refuse a name that is no IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/London."),
            params={"name": value},
        )


def logo_path(cluster: Cluster, filename: str) -> str:
    """Where a cluster's logo is kept: a new name each time, so caches let go."""
    suffix = filename.rsplit(".", 1)[-1].lower()
    return f"logos/{cluster.uid.hex}-{uuid.uuid4().hex[:8]}.{suffix}"


class Cluster(models.Model):
    """An estate or organisation: the tenant."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(
        _("short name"),
        max_length=60,
        unique=True,
        help_text=_("Stands in the address of every page. Letters, digits, hyphens."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Europe/London",
        validators=[check_time_zone],
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="GBP",
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capitals, such as GBP."))],
    )
    phone_region = models.CharField(
        _("phone region"),
        max_length=2,
        default="GB",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capitals, such as GB."))],
        help_text=_("Phone numbers without a country code are read as from here."),
    )
    sender_name = models.CharField(_("sender name"), max_length=120)
    sender_email = models.EmailField(_("sender address"))
    reply_to = models.EmailField(_("reply to"), blank=True)
    postal_address = models.CharField(
        _("postal address"),
        max_length=250,
        blank=True,
        help_text=_("Stands at the foot of every mail."),
    )
    logo = models.ImageField(_("logo"), upload_to=logo_path, blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#1f4e5f",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Such as #1f4e5f."))],
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    requires_approval = models.BooleanField(
        _("a second person must approve"), default=False
    )
    break_glass_minutes = models.PositiveSmallIntegerField(
        _("break-glass minutes"),
        default=10,
        validators=[MinValueValidator(1)],
        help_text=_("With no approver answering for this long, one person may send."),
    )
    retention_days = models.PositiveIntegerField(
        _("keep the log for (days)"), default=2555, validators=[MinValueValidator(30)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnKeyManager()
    history = lean_history(leave_out=["logo"], base=OwnKeyHistory)

    class Meta:
        ordering = ("name",)
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return self.name

    @property
    def quiet_hours(self) -> QuietHours | None:
        """When what is not urgent waits."""
        return quiet_hours(self.time_zone, self.quiet_from, self.quiet_until)

    def clean(self) -> None:
        super().clean()
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError(
                {"quiet_until": _("Give both times, or leave both empty.")}
            )


class Zone(models.Model):
    """A building, block, floor or area inside a cluster: a tree.

    ``path`` holds the keys from the root down ("0000000004.0000000009."), so that a
    zone with all below it is one prefix, and sorting by it walks the tree.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="zones")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("inside"),
    )
    name = models.CharField(_("name"), max_length=120)
    name_key = models.CharField(max_length=LONGEST_ZONE_KEY, editable=False)
    path = models.CharField(max_length=250, editable=False, default="", db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["name_key", "path"], foreign_keys=["cluster", "parent"]
    )

    class Meta:
        ordering = ("path",)
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "name_key"],
                condition=models.Q(parent=None),
                name="one_root_zone_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["parent", "name_key"],
                condition=models.Q(parent__isnull=False),
                name="one_zone_of_a_name_inside",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)
        self._repath()

    @property
    def depth(self) -> int:
        """0 for a zone at the top."""
        return max(self.path.count(".") - 1, 0)

    def clean(self) -> None:
        super().clean()
        self.name_key = name_key(self.name)
        if not self.name_key:
            raise ValidationError({"name": _("Give it a name that can be seen.")})
        if len(self.name_key) > LONGEST_ZONE_KEY:
            raise ValidationError({"name": _("This name is too long. Shorten it.")})
        if self.parent is None:
            return
        if self.parent.cluster_id != self.cluster_id:
            raise ValidationError(
                {"parent": _("Choose a zone of this cluster.")}, code="foreign"
            )
        if self.pk and self.parent.path.startswith(self.path):
            raise ValidationError({"parent": _("A zone cannot lie inside itself.")})

    def _repath(self) -> None:
        """Write the path of this zone, and of all below it when it moved."""
        above = self.parent.path if self.parent else ""
        path = f"{above}{self.pk:010d}."
        if path == self.path:
            return
        old, self.path = self.path, path
        zones = Zone._base_manager.filter(cluster_id=self.cluster_id)
        zones.filter(pk=self.pk).update(path=path)
        if old:
            for below in zones.filter(path__startswith=old).exclude(pk=self.pk):
                moved = path + below.path[len(old) :]
                zones.filter(pk=below.pk).update(path=moved)


class Role(models.TextChoices):
    """What a member may do; each later one may do all that the earlier may."""

    AUDITOR = "auditor", _("Auditor")
    AUTHOR = "author", _("Author")
    APPROVER = "approver", _("Approver")
    MANAGER = "manager", _("Manager")

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def reaches(self, needed: str) -> bool:
        """Whether this role may do what ``needed`` may."""
        return self.rank >= Role(needed).rank


class Membership(models.Model):
    """A staff user's role in a cluster."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships"
    )
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    recipient = models.ForeignKey(
        "notifications.Recipient",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where this member is told about staff events."),
    )
    active = models.BooleanField(_("active"), default=True)
    joined_reason = models.CharField(_("reason"), max_length=250, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    history = lean_history(foreign_keys=["user", "cluster", "recipient"])

    class Meta:
        ordering = ("user__email",)
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cluster"], name="one_membership_per_cluster"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
