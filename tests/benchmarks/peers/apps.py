"""The app of those peers that bring no tables of their own."""

from __future__ import annotations

from django.apps import AppConfig


class Peers(AppConfig):
    name = "tests.benchmarks.peers"
    label = "peers"
    default_auto_field = "django.db.models.BigAutoField"
