"""Addresses under admin/delivery/."""

from __future__ import annotations

from django.urls import URLPattern, path

from console.announcements import live

from .views import engine, entry, log, outbox, unknown

app_name = "delivery"
urlpatterns: list[URLPattern] = [
    path("live/", live.going_out, name="live"),
    path("log/", log.log, name="log"),
    path("log/<int:pk>/", entry.entry, name="entry"),
    path("log/<int:pk>/html/", entry.entry_html, name="entry_html"),
    path("unknown/", unknown.settle, name="unknown"),
    path("engine/", engine.engine, name="engine"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.outbox_mail, name="outbox_mail"),
    path("outbox/<int:pk>/html/", outbox.outbox_html, name="outbox_html"),
]
