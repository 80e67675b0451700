"""Whom somebody wants to be told when they do not answer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notifications.alerting import ContactKind
from notifications.scope import ScopedManager

from .clusters import Cluster
from .history import lean_history
from .people import Recipient


class PersonalContact(models.Model):
    """One person of a cluster whom another one there names as their contact."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        Recipient, models.CASCADE, related_name="personal_contacts"
    )
    contact = models.ForeignKey(Recipient, models.CASCADE, related_name="contact_of")
    kind = models.CharField(_("kind"), max_length=9, choices=ContactKind.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["created_at"], foreign_keys=["cluster", "recipient", "contact"]
    )

    class Meta:
        ordering = ("kind", "id")
        verbose_name = _("contact of a person")
        verbose_name_plural = _("contacts of people")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "contact", "kind"], name="one_contact_of_a_kind"
            ),
            models.CheckConstraint(
                condition=~Q(recipient=F("contact")), name="a_contact_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.get_kind_display()})"
