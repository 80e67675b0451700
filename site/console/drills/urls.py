"""Addresses under admin/drills/: those of emergencies, for drills alone."""

from __future__ import annotations

from console.emergencies.urls import shared

app_name = "drills"
urlpatterns = shared
