"""Do once, here and now, what the workers do all the time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notifications import delivery, dispatching, scope
from notifications.actions import announcements
from notifications.models import Dispatch
from notifications.tasks import ALL_LANES
from notifications.workers import worker_name


class Command(BaseCommand):
    help = "Release, fan out and deliver all that is due now, then exit."

    def handle(self, *args: Any, **options: Any) -> None:
        released = announcements.release_due()
        delivery.expire_due()
        delivery.recover(ALL_LANES)
        with scope.every_cluster():
            unwritten = Dispatch.objects.filter(
                status__in=dispatching.OPEN, fanned_out_at=None
            )
            keys = list(unwritten.order_by("lane", "id").values_list("pk", flat=True))
        for key in keys:
            dispatching.fan_out(key)
        delivery.drain(ALL_LANES, worker_name())
        self.stdout.write(
            f"{released} announcements released, {len(keys)} dispatches written out; "
            "nothing more is due."
        )
