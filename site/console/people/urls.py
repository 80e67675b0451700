"""Addresses under admin/people/."""

from __future__ import annotations

from django.urls import path

from .views import bulk, contacts, listing, one, writing

app_name = "people"
urlpatterns = [
    path("", listing.index, name="index"),
    path("export/", listing.export, name="export"),
    path("bulk/<slug:action>/", bulk.bulk, name="bulk"),
    path("add/", writing.add, name="add"),
    path("<int:pk>/", one.show, name="show"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/contacts/", contacts.add, name="contact_add"),
    path("<int:pk>/contacts/<int:link>/", contacts.remove, name="contact_remove"),
    path("<int:pk>/archive/", one.archive, name="archive"),
    path("<int:pk>/restore/", one.restore, name="restore"),
]
