"""Addresses under admin/drills/: those of emergencies, for drills alone."""

from __future__ import annotations

from console.emergencies.urls import urlpatterns

app_name = "drills"

__all__ = ["app_name", "urlpatterns"]
