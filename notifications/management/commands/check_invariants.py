"""Check what must never be untrue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notifications import invariants


class Command(BaseCommand):
    help = "Check what must never be untrue; exits with 1 when something is."

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.check()
        for sentence in found:
            self.stdout.write(self.style.ERROR(sentence))
        if found:
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS("Everything that must hold holds."))
