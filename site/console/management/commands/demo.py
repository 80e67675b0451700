"""``manage.py demo``: load the demo unless the installation has something in it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console import demo
from notifications.errors import TocsinError


class Command(BaseCommand):
    help = "Load three invented clusters with people, staff and a past; once."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = demo.load()
        except TocsinError as problem:
            raise CommandError(str(problem)) from problem
        if loaded:
            self.stdout.write("The demo is loaded.")
