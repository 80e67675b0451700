"""Addresses under admin/opt-outs/."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "opt_outs"
urlpatterns = [
    path("", views.index, name="index"),
    path("export/", views.export, name="export"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/lift/", views.lift, name="lift"),
]
