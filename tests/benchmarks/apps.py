"""Registers what is measured and no installation has."""

from __future__ import annotations

from dataclasses import replace

from django.apps import AppConfig


class Benchmarks(AppConfig):
    name = "tests.benchmarks"
    label = "benchmarks"

    def ready(self) -> None:
        from notifications import events

        gas_leak = replace(
            events.ANNOUNCEMENT_POSTED,
            name="gas_leak",
            priority=events.Priority.CRITICAL,
        )
        events.REGISTRY[gas_leak.name] = gas_leak
