"""Plain mails to the platform admins, past the engine: now, or by a worker."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from anymail.exceptions import AnymailError
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.utils import timezone

from notifications import doorbell
from notifications.models import AdminMail

logger = logging.getLogger("tocsin.alerts")

#: A job of this kind is one mail.
ADMIN_MAIL = "admin_mail"
LONGEST_SUBJECT = 300
#: Until it is tried again: as long as it has waited already, but so long at least, and
#: no longer than that.
SOON, LATE = timedelta(minutes=1), timedelta(hours=1)


def mail_platform_admins(subject: str, words: str) -> int:
    """To who runs the installation, while the caller waits; how many got it."""
    return sum(_sent(admin, subject, words) for admin in _platform_admins())


def write_to_admins(subject: str, words: str) -> None:
    """A mail for each of them, with what it is about in one transaction.

    A worker sends it, and tries until it is sent: they are no members of a cluster, and
    no message of the engine reaches them.
    """
    # A headline may have been written in two lines, which no mail can be sent with.
    line = " ".join(subject.split())[:LONGEST_SUBJECT]
    for admin in _platform_admins():
        mail = AdminMail.objects.create(admin=admin, subject=line, words=words)
        doorbell.ring_job(ADMIN_MAIL, mail.pk)


def untold(now: datetime | None = None) -> list[int]:
    """Keys of the mails whose turn it is, the oldest first."""
    waiting = AdminMail.objects.filter(told_at=None, due_at__lte=now or timezone.now())
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def tell(pk: int) -> None:
    """Send one, unless somebody else is at it or it is not its turn."""
    now = timezone.now()
    mine = AdminMail.objects.filter(pk=pk, told_at=None, due_at__lte=now)
    mail = mine.select_related("admin").first()
    if mail is None or not mine.update(due_at=now + _patience(mail, now)):
        return
    if not (mail.admin.is_active and mail.admin.is_superuser):
        mail.delete()
    elif _sent(mail.admin, mail.subject, mail.words):
        AdminMail.objects.filter(pk=pk).update(told_at=timezone.now())


def _patience(mail: AdminMail, now: datetime) -> timedelta:
    return min(max(now - mail.created_at, SOON), LATE)


def _platform_admins() -> QuerySet[Any]:
    users = get_user_model()._default_manager
    return users.filter(is_superuser=True, is_active=True).order_by("pk")


def _sent(admin: Any, subject: str, words: str) -> bool:
    try:
        send_mail(subject, words, settings.DEFAULT_FROM_EMAIL, [admin.email])
    except (SMTPException, AnymailError, OSError) as problem:
        kind = type(problem).__name__
        logger.error("a platform admin could not be told: %s", kind)
        return False
    return True
