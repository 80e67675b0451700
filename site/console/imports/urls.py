"""Addresses under admin/imports/."""

from __future__ import annotations

from django.urls import path

from .views import files, listing, outcome, rehearsal

app_name = "imports"
urlpatterns = [
    path("", listing.index, name="index"),
    path("sample/", listing.sample, name="sample"),
    path("upload/", files.upload, name="upload"),
    path("<uuid:uid>/", outcome.show, name="show"),
    path("<uuid:uid>/now/", outcome.now, name="now"),
    path("<uuid:uid>/contents/", files.contents, name="contents"),
    path("<uuid:uid>/columns/", files.columns, name="columns"),
    path("<uuid:uid>/rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("<uuid:uid>/commit/", rehearsal.commit, name="commit"),
    path("<uuid:uid>/cancel/", outcome.cancel, name="cancel"),
    path("<uuid:uid>/bad-rows/", outcome.bad_rows, name="bad_rows"),
]
