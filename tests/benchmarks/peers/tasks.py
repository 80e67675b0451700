"""One task for each mail: what Huey's and Celery's programs have in common."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from . import common

LOT = 1_000
PATIENCE = 600.0
#: Seconds in which the workers that were started have come up: not on the clock.
UNTIL_UP = 4.0

_mine = threading.local()


def send_one(pk: int) -> None:
    """Fetch it, write it, send it over a kept connection, and log it."""
    from django.core.mail import get_connection
    from django.db import transaction
    from django.utils import timezone

    from .models import Mail, MailLog

    if not hasattr(_mine, "letter"):
        _mine.letter, _mine.connection = common.Letter(), get_connection()
        _mine.connection.open()
    mail = Mail.objects.get(pk=pk)
    person = common.Person(mail.key, mail.to, mail.values, mail.values["headers"])
    _mine.letter.to(person, _mine.connection).send()
    with transaction.atomic():
        now = timezone.now()
        Mail.objects.filter(pk=pk).update(status="sent", sent_at=now)
        MailLog.objects.create(mail_id=pk, status="sent", at=now)


def produce(count: int, enqueue: Callable[[int], Any]) -> None:
    """Store all, ring for each, and wait until all are sent."""
    from .models import Mail, MailLog

    everybody = common.people(count)
    time.sleep(UNTIL_UP)
    began = time.perf_counter()
    for lot in common.in_lots(everybody, LOT):
        mails = [
            Mail(
                to=person.to,
                key=person.key,
                values={**person.values, "headers": person.headers},
            )
            for person in lot
        ]
        for mail in Mail.objects.bulk_create(mails):
            enqueue(mail.pk)
    while (sent := Mail.objects.filter(status="sent").count()) < count:
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"{sent} of {count} sent after {PATIENCE:.0f} s")
        time.sleep(0.05)
    logged = MailLog.objects.filter(status="sent").count()
    common.stop_clock(began, count, sent=sent, logged=logged)
