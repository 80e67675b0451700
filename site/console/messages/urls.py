"""Addresses under admin/messages/."""

from __future__ import annotations

from django.urls import path

from .views import editing, listing, moving, previewing, versions

app_name = "messages"
urlpatterns = [
    path("", listing.index, name="index"),
    path("add/", editing.add, name="add"),
    path("preview/", previewing.preview, name="preview"),
    path("people/", previewing.people, name="people"),
    path("<int:pk>/", listing.show, name="show"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/rendered/", previewing.rendered, name="rendered"),
    path("<int:pk>/copy/", moving.copy, name="copy"),
    path("<int:pk>/archive/", moving.archive, name="archive"),
    path("<int:pk>/restore/", moving.restore, name="restore"),
    path("<int:pk>/versions/", versions.index, name="versions"),
    path("<int:pk>/versions/compare/", versions.compare, name="compare"),
    path("<int:pk>/versions/<int:number>/", versions.show, name="version"),
    path(
        "<int:pk>/versions/<int:number>/restore/",
        versions.restore,
        name="restore_version",
    ),
]
