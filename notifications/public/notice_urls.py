"""Addresses under /n/."""

from __future__ import annotations

from django.urls import path

from . import notices

app_name = "notices"
urlpatterns = [
    path("<slug:slug>/", notices.page, name="page"),
    path("<slug:slug>/alerts.atom", notices.feed, name="feed"),
    path("<slug:slug>/drills.atom", notices.drills, name="drills"),
    path("<slug:slug>/alerts/<str:identifier>.xml", notices.alert, name="alert"),
]
