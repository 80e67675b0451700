"""Addresses under admin/exports/."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import reports, views

app_name = "exports"
urlpatterns: list[URLPattern] = [
    path("", views.index, name="index"),
    path("rows/", views.rows, name="rows"),
    path("<int:pk>/download/", views.download, name="download"),
    path("<int:pk>/again/", views.again, name="again"),
    path("reports/", reports.index, name="reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
]
