"""Addresses under /p/."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "public"
urlpatterns = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("logo/<uuid:uid>", views.logo, name="logo"),
]
