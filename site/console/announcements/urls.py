"""Addresses under admin/announcements/."""

from __future__ import annotations

from django.urls import path

from . import (
    composer,
    listing,
    live,
    reaching,
    review,
    showing,
    steering,
    steps,
)

app_name = "announcements"
urlpatterns = [
    path("", listing.index, name="index"),
    path("add/", composer.add, name="add"),
    path("reach/", reaching.reach, name="reach"),
    path("reach/people/", reaching.reach_list, name="reach_list"),
    path("people/", reaching.people, name="people"),
    path("live/<uuid:uid>/", live.show, name="live"),
    path("live/<uuid:uid>/now/", live.now, name="live_now"),
    path("live/<uuid:uid>/pause/", steering.pause, name="pause"),
    path("live/<uuid:uid>/resume/", steering.resume, name="resume"),
    path("live/<uuid:uid>/cancel/", steering.stop, name="stop"),
    path("live/<uuid:uid>/retry/", steering.retry, name="retry"),
    path("<uuid:uid>/", showing.show, name="show"),
    path("<uuid:uid>/edit/", composer.edit, name="edit"),
    path("<uuid:uid>/rendered/", showing.rendered, name="rendered"),
    path("<uuid:uid>/review/", review.review, name="review"),
    path("<uuid:uid>/copy/", steps.copy, name="copy"),
    path("<uuid:uid>/unschedule/", steps.unschedule, name="unschedule"),
    path("<uuid:uid>/cancel/", steps.cancel, name="cancel"),
    path("<uuid:uid>/release/", steps.release, name="release"),
    path("<uuid:uid>/take-off/", steps.take_off, name="take_off"),
    path("<uuid:uid>/approve/", steps.approve, name="approve"),
    path("<uuid:uid>/return/", steps.return_to_author, name="return"),
]
