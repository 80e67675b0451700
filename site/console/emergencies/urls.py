"""Addresses under admin/emergencies/; those of drills are the same, elsewhere."""

from __future__ import annotations

from django.urls import path

from . import (
    asking,
    board,
    doors,
    everywhere,
    feeds,
    listing,
    muster,
    raising,
    review,
    scenarios,
    showing,
    together,
)

app_name = "emergencies"
#: What drills have as well.
shared = [
    path("", listing.index, name="index"),
    path("raise/", raising.raise_, name="raise"),
    path("<uuid:uid>/", showing.show, name="show"),
    path("<uuid:uid>/now/", board.now, name="now"),
    path("<uuid:uid>/review/", review.review, name="review"),
    path("<uuid:uid>/clusters/", together.show, name="together"),
    path("<uuid:uid>/clusters/now/", together.now, name="together_now"),
    path("<uuid:uid>/clusters/<slug:step>/", everywhere.take, name="together_step"),
    path("<uuid:uid>/approve/", showing.approve, name="approve"),
    path("<uuid:uid>/return/", asking.return_to_author, name="return"),
    path("<uuid:uid>/reject/", asking.reject, name="reject"),
    path("<uuid:uid>/take-back/", asking.take_back, name="take_back"),
    path("<uuid:uid>/cancel/", asking.cancel, name="cancel"),
    path("<uuid:uid>/break-glass/", asking.break_glass, name="break_glass"),
    path("<uuid:uid>/looked-at/", asking.looked_at, name="looked_at"),
    path("<uuid:uid>/stop/", asking.stop, name="stop"),
    path("<uuid:uid>/say/<str:purpose>/", asking.follow_up, name="follow_up"),
    path("<uuid:uid>/report/", showing.report, name="report"),
    path("<uuid:uid>/muster/", muster.show, name="muster"),
    path("<uuid:uid>/muster/now/", muster.now, name="muster_now"),
    path("<uuid:uid>/muster/doors/", doors.show, name="doors"),
    path("<uuid:uid>/muster/<int:pk>/", muster.mark, name="mark"),
]
urlpatterns = [
    *shared,
    path("scenarios/", scenarios.index, name="scenarios"),
    path("scenarios/<slug:slug>/", scenarios.show, name="scenario"),
    path("feeds/", feeds.index, name="feeds"),
    path("feeds/add/", feeds.add, name="feed_add"),
    path("feeds/<uuid:uid>/", feeds.show, name="feed"),
    path("feeds/<uuid:uid>/switch/", feeds.switch, name="feed_switch"),
]
