"""Put a backup back: paused, in a new epoch."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.actions import backups
from notifications.actions.backups import Restored
from notifications.errors import TocsinError


class Command(BaseCommand):
    help = "Restore a backup; nothing is sent until somebody resumes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="only see whether it could be restored"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="in the place of what is here now, which is lost",
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            if options["check"]:
                self._say(backups.check(file))
                self.stdout.write(self.style.SUCCESS("It is whole and fits here."))
                return
            restored = backups.restore(file, replace=options["replace"])
        except (TocsinError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self._say(restored.manifest)
        self._say_next(restored)

    def _say(self, manifest: backups.Manifest) -> None:
        entries = manifest.counts.get("notifications_notificationlog", 0)
        people = manifest.counts.get("notifications_recipient", 0)
        self.stdout.write(
            f"Backup of {manifest.made_at} by Tocsin {manifest.version} on "
            f"{manifest.database}: {people} people, {entries} entries in the log."
        )

    def _say_next(self, restored: Restored) -> None:
        epoch = restored.epoch
        self.stdout.write(
            f"Restored. {epoch.paused} messages under way are paused, {epoch.unknown} "
            f"entries that were on their way are unknown, {epoch.held} announcements "
            "are held. Nothing goes out until somebody decides in the console."
        )
        self.stdout.write("Now run: manage.py check_invariants. Then start the set.")
        if not restored.same_key:
            self.stderr.write(
                self.style.ERROR(
                    "FINGERPRINT_KEY is not the one of the backup: opt-outs of people "
                    "who were deleted cannot be recognised. Set the old key before "
                    "you start anything."
                )
            )
