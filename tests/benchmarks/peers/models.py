"""What a team would store that sends with one task for each mail."""

from __future__ import annotations

from django.db import models


class Mail(models.Model):
    """One mail to one person: its values, and how it stands."""

    to = models.CharField(max_length=320)
    key = models.CharField(max_length=60)
    values = models.JSONField()
    status = models.CharField(max_length=10, default="queued", db_index=True)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class MailLog(models.Model):
    """What became of it, and when."""

    mail = models.ForeignKey(Mail, models.CASCADE, related_name="logs")
    status = models.CharField(max_length=10)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.status
