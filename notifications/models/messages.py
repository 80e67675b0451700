"""What staff write, and what was really said."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import RevisionMixin

from notifications import events
from notifications.blocks import EmailBody
from notifications.events import ChannelKind, ChannelMode
from notifications.lifecycle import AnnouncementStatus
from notifications.scope import InScope, ScopedManager

from .clusters import Cluster
from .history import lean_history

ANNOUNCEABLE_CHOICES = [(event.name, event.label) for event in events.ANNOUNCEABLE]


class BodyField(StreamField):
    """The blocks of a mail. Migrations need not know them: they are plain JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(EmailBody(), **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs


class InScopeOrShared(InScope):
    """In the scope in force, or belonging to every cluster."""

    lookup_name = "in_scope_or_shared"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, more = self.process_lhs(compiler, connection)
        try:
            sql, params = super().as_sql(compiler, connection)
        except EmptyResultSet:
            return f"{column} IS NULL", list(more)
        return f"({sql} OR {column} IS NULL)", [*params, *more]


class SharedManager(ScopedManager):
    """A cluster's own rows and the system's."""

    def get_queryset(self) -> models.QuerySet[Any]:
        plain = models.Manager.get_queryset(self)
        return plain.filter(InScopeOrShared(models.F("cluster_id"), ()))


def email_only() -> list[str]:
    """The channels of whatever nobody gave others."""
    return [ChannelKind.EMAIL.value]


class Worded(models.Model):
    """Words in several languages, as a mail and as a text message.

    ``subject``, ``body`` and ``sms`` are those of the main ``language``.
    ``translations`` holds language → subject, body and sms of each other one.
    """

    language = models.CharField(max_length=12, default="en", editable=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = BodyField(verbose_name=_("message"), blank=True)
    sms = models.TextField(_("text message"), blank=True)
    translations = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class MessageTemplate(RevisionMixin, Worded):
    """What to say, in every language at once; without a cluster: the system's.

    Every save makes a Wagtail revision; ``version`` counts them, and is what a Content
    remembers.
    """

    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="templates"
    )
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=120, editable=False)
    event = models.CharField(
        _("kind"),
        max_length=40,
        choices=ANNOUNCEABLE_CHOICES,
        default=events.ANNOUNCEMENT_POSTED.name,
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SharedManager()

    class Meta:
        ordering = ("name",)
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "slug"],
                condition=models.Q(cluster__isnull=False),
                name="one_template_of_a_slug",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(cluster=None),
                name="one_system_template_of_a_slug",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Content(models.Model):
    """The words of a message in one language on one channel: immutable.

    Addressed by the hash of what it says, with the template version it came from.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=10, choices=ChannelKind.choices)
    language = models.CharField(max_length=12)
    subject = models.TextField()
    html = models.TextField(blank=True)
    text = models.TextField()
    template_name = models.CharField(max_length=120, blank=True)
    template_version = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "hash"], name="one_content_of_a_hash"
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Announcement(Worded):
    """A staff-written message to a cluster's audience.

    ``audience`` holds criteria, never people: see ``notifications.audience``. The
    wall time that was typed is kept beside its moment in UTC, with its time zone.
    ``bound`` is the hash of all that an approver says yes to.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="announcements", editable=False
    )
    event = models.CharField(
        _("kind"),
        max_length=40,
        choices=ANNOUNCEABLE_CHOICES,
        default=events.ANNOUNCEMENT_POSTED.name,
    )
    template = models.ForeignKey(
        MessageTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="announcements",
        editable=False,
    )
    template_version = models.PositiveIntegerField(null=True, editable=False)
    #: What lists call it: the subject with no person and no braces in it.
    title = models.CharField(max_length=200, blank=True, editable=False)
    channels = models.JSONField(default=email_only)
    channel_mode = models.CharField(
        max_length=5, choices=ChannelMode.choices, default=ChannelMode.EVERY
    )
    audience = models.JSONField(default=dict, blank=True)
    status = models.CharField(
        max_length=12,
        choices=AnnouncementStatus.choices,
        default=AnnouncementStatus.DRAFT,
        editable=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    send_at = models.DateTimeField(null=True, blank=True)
    send_at_wall = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField(null=True, blank=True)
    #: Until when it stands on the page of notices; the words are frozen on release.
    public_until = models.DateTimeField(null=True, blank=True)
    public_words = models.JSONField(default=dict, editable=False)
    time_zone = models.CharField(max_length=64, blank=True, editable=False)
    expected_people = models.PositiveIntegerField(null=True, editable=False)
    bound = models.CharField(max_length=64, blank=True, editable=False)
    held_reason = models.CharField(max_length=250, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    released_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedManager()
    history = lean_history(
        leave_out=[
            "body",
            "sms",
            "translations",
            "title",
            "public_words",
            "created_at",
            "updated_at",
        ],
        foreign_keys=[
            "cluster",
            "template",
            "created_by",
            "last_edited_by",
            "submitted_by",
            "released_by",
        ],
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [
            models.Index(fields=["cluster", "status", "-id"], name="announcements"),
            models.Index(
                fields=["send_at"],
                condition=models.Q(status=AnnouncementStatus.SCHEDULED),
                name="announcements_due",
            ),
            models.Index(
                fields=["cluster", "public_until"],
                condition=models.Q(public_until__isnull=False),
                name="announcements_public",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.subject or str(_("Untitled announcement"))

    def clean(self) -> None:
        super().clean()
        template = self.template
        if template is not None and template.cluster_id not in (
            None,
            self.cluster_id,
        ):
            raise ValidationError({"template": _("Choose a template of this cluster.")})
