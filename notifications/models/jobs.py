"""Work that takes longer than a page: imports, exports; and the audited door."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.lifecycle import ImportStatus, JobStatus
from notifications.scope import ScopedManager

from .clusters import Cluster
from .history import lean_history


class RecipientImport(models.Model):
    """One uploaded file of people, from the upload to what it did.

    ``options`` overrides what was guessed of the file (encoding, delimiter, sheet,
    header_row); ``mapping`` is column index → field name; ``counts`` holds ``new``,
    ``changed``, ``unchanged``, ``blank``, ``bad`` (reason → count), ``rows``.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="imports")
    filename = models.CharField(_("file"), max_length=200)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    status = models.CharField(
        max_length=12, choices=ImportStatus.choices, default=ImportStatus.UPLOADED
    )
    skip_bad = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    done_rows = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    beat_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["filename", "beat_at", "created_at", "done_rows"],
        foreign_keys=["cluster", "created_by"],
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.filename


class ImportFile(models.Model):
    """The bytes of an import, in the database so that every worker can read them."""

    job = models.OneToOneField(RecipientImport, models.CASCADE, related_name="file")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    data = models.BinaryField()

    objects = ScopedManager()

    def __str__(self) -> str:
        return str(self.job_id)


class RowVerdict(models.TextChoices):
    """What a rehearsal says of a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    BAD = "bad", _("To look at")


class ImportRow(models.Model):
    """A row worth showing: every bad one, and the first of each other kind.

    ``cells`` as read; ``problems`` a list of ``{column, field, reason, sentence}``;
    ``changes`` a list of ``{field, old, new}`` for changed rows.
    """

    job = models.ForeignKey(RecipientImport, models.CASCADE, related_name="rows")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=RowVerdict.choices)
    cells = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=list)

    objects = ScopedManager()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.verdict}"


class ExportKind(models.TextChoices):
    LOG = "log", _("Log")
    PEOPLE = "people", _("People")
    DELIVERY = "delivery", _("Delivery report")
    OPT_OUTS = "opt_outs", _("Opt-outs")
    INCIDENT = "incident", _("Incident report")


class Export(models.Model):
    """Rows that somebody asked to take away: who, what, when, as a file."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="exports")
    kind = models.CharField(max_length=10, choices=ExportKind.choices)
    format = models.CharField(
        max_length=4, choices=[("csv", "CSV"), ("xlsx", "XLSX"), ("pdf", "PDF")]
    )
    filters = models.JSONField(default=dict)
    title = models.CharField(max_length=250)
    status = models.CharField(
        max_length=8, choices=JobStatus.choices, default=JobStatus.WAITING
    )
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    filename = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    beat_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    history = lean_history(
        leave_out=["beat_at", "done_rows"], foreign_keys=["cluster", "requested_by"]
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return self.title


class ExportFile(models.Model):
    """The bytes of a finished export."""

    job = models.OneToOneField(Export, models.CASCADE, related_name="file")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    data = models.BinaryField()

    objects = ScopedManager()

    def __str__(self) -> str:
        return str(self.job_id)


class WorkerBeat(models.Model):
    """A sign of life from each worker process.

    ``providers`` says how it finds the providers that it uses: a list of ``{name,
    kind, state, since, errors}``, where state is closed, open or probing, as of a
    circuit breaker.
    """

    name = models.CharField(max_length=100, unique=True)
    lane = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    providers = models.JSONField(default=list)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RetentionDoor(models.Model):
    """The one audited way past the append-only triggers: open while a row says so."""

    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.CharField(max_length=150)
    reason = models.TextField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reason
