"""The people a cluster serves, and where each can be reached."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications import fingerprints
from notifications.events import ChannelKind
from notifications.scope import ScopedManager

from .clusters import Cluster, Zone
from .history import lean_history


class Tag(models.Model):
    """A cluster's own word for a group of people."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=80, editable=False)

    objects = ScopedManager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "name_key"], name="one_tag_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fingerprints.name_key(self.name)
        super().save(*args, **kwargs)


class RecipientQuerySet(models.QuerySet["Recipient"]):
    """The words for picking people."""

    def present(self) -> RecipientQuerySet:
        """Those who have not left."""
        return self.filter(archived_at=None)


RecipientManager = ScopedManager.from_queryset(RecipientQuerySet)


class Recipient(models.Model):
    """A person in a cluster."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="recipients")
    name = models.CharField(_("name"), max_length=200)
    first_name = models.CharField(
        _("first name"),
        max_length=100,
        blank=True,
        help_text=_("How a message addresses this person. Empty: the whole name."),
    )
    name_key = models.CharField(max_length=240, editable=False)
    fingerprint = models.CharField(
        max_length=fingerprints.LENGTH, editable=False, default=""
    )
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recipients",
        verbose_name=_("zone"),
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        help_text=_("Empty: the cluster's language."),
    )
    tags = models.ManyToManyField(
        Tag, blank=True, related_name="recipients", verbose_name=_("tags")
    )
    external_id = models.CharField(
        _("external id"),
        max_length=100,
        blank=True,
        help_text=_("The key of this person in your own records."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recipients",
    )
    for_staff = models.BooleanField(default=False, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RecipientManager()
    # No personal field: history cannot be blanked when somebody is erased.
    history = lean_history(
        leave_out=[
            "name",
            "first_name",
            "name_key",
            "fingerprint",
            "unit",
            "external_id",
            "user",
            "updated_at",
            "created_at",
        ],
        foreign_keys=["cluster", "zone"],
    )

    class Meta:
        ordering = ("name_key", "id")
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_person_per_external_id",
            )
        ]
        indexes = [
            # With all that is searched for a part of a word: see exporting.filters.
            models.Index(
                fields=["cluster", "name_key", "id", "unit", "external_id"],
                name="people_by_name",
            ),
            models.Index(fields=["cluster", "id"], name="people_by_key"),
            # Enough of everybody who is here to count them by it alone; with the
            # time that is empty in all of it, or SQLite would read the rows for that.
            models.Index(
                fields=["cluster", "zone", "language", "for_staff", "archived_at"],
                condition=models.Q(archived_at=None),
                name="people_present",
            ),
            models.Index(
                fields=["cluster", "name_key", "id"],
                condition=models.Q(archived_at__isnull=False),
                name="people_archived",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.zone is not None and self.zone.cluster_id != self.cluster_id:
            raise ValidationError({"zone": _("Choose a zone of this cluster.")})

    def derive(self) -> None:
        """Fill what follows from the name; bulk paths must call it themselves."""
        self.name_key = fingerprints.name_key(self.name)
        self.fingerprint = fingerprints.of_person(self.name_key)


class ContactPoint(models.Model):
    """One address of a recipient on one channel."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="contact_points")
    recipient = models.ForeignKey(
        Recipient, models.CASCADE, related_name="contact_points"
    )
    channel = models.CharField(_("channel"), max_length=10, choices=ChannelKind.choices)
    value = models.CharField(
        _("address"),
        max_length=320,
        help_text=_("Normalised: a mail address in lower case, a number in E.164."),
    )
    fingerprint = models.CharField(max_length=fingerprints.LENGTH, editable=False)
    description = models.CharField(_("description"), max_length=100, blank=True)
    primary = models.BooleanField(_("primary"), default=True)
    active = models.BooleanField(_("active"), default=True)
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["value", "description"], foreign_keys=["cluster", "recipient"]
    )

    class Meta:
        ordering = ("channel", "-primary", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "channel", "value"], name="one_address_once"
            ),
            models.UniqueConstraint(
                fields=["recipient", "channel"],
                condition=models.Q(primary=True, active=True),
                name="one_primary_address_per_channel",
            ),
        ]
        indexes = [
            models.Index(fields=["cluster", "channel", "fingerprint"], name="contact"),
            models.Index(
                fields=["cluster", "value", "recipient"], name="contact_words"
            ),
        ]

    def __str__(self) -> str:
        return self.value

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Fill what follows from the address; bulk paths must call it themselves."""
        self.fingerprint = fingerprints.of_address(self.channel, self.value)
