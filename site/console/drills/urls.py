"""Addresses under admin/drills/: those of emergencies, and drills that come round."""

from __future__ import annotations

from django.urls import path

from console.emergencies.urls import shared

from . import plans

app_name = "drills"
urlpatterns = [
    *shared,
    path("plans/", plans.index, name="plans"),
    path("plans/add/", plans.add, name="plan_add"),
    path("plans/<uuid:uid>/", plans.show, name="plan"),
    path("plans/<uuid:uid>/edit/", plans.edit, name="plan_edit"),
    path("plans/<uuid:uid>/pause/", plans.pause, name="plan_pause"),
    path("plans/<uuid:uid>/resume/", plans.resume, name="plan_resume"),
    path("plans/<uuid:uid>/stop/", plans.stop, name="plan_stop"),
]
