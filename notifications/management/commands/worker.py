"""Run a worker: it delivers, fans out, imports and exports."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.management.migrated import refuse_old_database
from notifications.tasks import queues
from notifications.tasks.running import run_worker


class Command(BaseCommand):
    help = "Deliver messages and do other work until told to stop (SIGTERM, Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--lane",
            choices=["all", "emergency"],
            default="all",
            help="emergency: keep this worker for emergencies alone",
        )

    def handle(self, *args: Any, lane: str, **options: Any) -> None:
        if queues.main.immediate:
            raise CommandError(
                "These settings run tasks at once and have no queue to serve. "
                "Use console.settings.dev or console.settings.production."
            )
        refuse_old_database()
        run_worker(lane)
