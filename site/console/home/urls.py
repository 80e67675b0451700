"""Addresses under admin/home/; the page itself is admin/."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("now/", views.now, name="now"),
    path("troubles/", views.troubles, name="troubles"),
    path("help/", views.help_page, name="help"),
]
