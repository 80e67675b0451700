"""Put everything of this installation into one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.actions import backups
from notifications.errors import TocsinError


class Command(BaseCommand):
    help = "Back up database and media into one new file, while everything goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="such as tocsin-2026-11-20.backup")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = backups.back_up(file)
        except (TocsinError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        rows = sum(manifest.counts.values())
        self.stdout.write(
            f"{file}: {file.stat().st_size / 1e6:.1f} MB, {rows} rows and "
            f"{len(manifest.files) - 1} files of media. It holds personal data: keep "
            "it where only you can read it, and FINGERPRINT_KEY apart from it."
        )
