"""Runs the sandbox mail server, whose mail staff read in the console as the Outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.sandbox.server import HOST, SandboxError, serve
from console.sandbox.store import OutboxStore

FILE = "outbox.sqlite3"


class Command(BaseCommand):
    help = "Runs the sandbox mail server until it is stopped."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port",
            type=int,
            default=settings.SANDBOX_SMTP_PORT,
            help="where to listen on this machine (default: %(default)s)",
        )
        parser.add_argument(
            "--store",
            type=Path,
            default=Path(settings.DATA_DIR) / FILE,
            help="the file that keeps the mail (default: %(default)s)",
        )

    def handle(self, *args: Any, port: int, store: Path, **options: Any) -> None:
        def ready(listening: int) -> None:
            self.stdout.write(
                f"Sandbox mail listens on {HOST}:{listening} "
                f"and keeps what comes in {store}"
            )
            self.stdout.flush()

        try:
            serve(OutboxStore(store), port, ready)
        except SandboxError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("Sandbox mail has stopped.")
