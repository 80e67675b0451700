"""Addresses under admin/clusters/."""

from __future__ import annotations

from django.urls import path

from console.delivery.views import engine

from .views import members, platform, settings, zones
from .views.welcome import WelcomeView

app_name = "clusters"
urlpatterns = [
    path("", platform.index, name="index"),
    path("create/", platform.create, name="create"),
    path("<int:pk>/join/", platform.join, name="join"),
    path("engine/", engine.engine, name="engine"),
    path("users/", platform.users, name="users"),
    path("users/create/", platform.user_create, name="user_create"),
    path(
        "users/<int:pk>/deactivate/", platform.user_deactivate, name="user_deactivate"
    ),
    path("users/<int:pk>/activate/", platform.user_activate, name="user_activate"),
    path("users/<int:pk>/welcome/", platform.user_welcome, name="user_welcome"),
    path("settings/", settings.settings, name="settings"),
    path("zones/", zones.index, name="zones"),
    path("zones/add/", zones.add, name="zone_add"),
    path("zones/<int:pk>/", zones.edit, name="zone_edit"),
    path("zones/<int:pk>/delete/", zones.delete, name="zone_delete"),
    path("members/", members.index, name="members"),
    path("members/invite/", members.invite, name="member_invite"),
    path("members/leave/", members.leave, name="leave"),
    path("members/<int:pk>/", members.edit, name="member_edit"),
    path("members/<int:pk>/end/", members.deactivate, name="member_deactivate"),
    path("members/<int:pk>/again/", members.reactivate, name="member_reactivate"),
    path("members/<int:pk>/welcome/", members.welcome, name="member_welcome"),
    path("welcome/<str:uidb64>/<str:token>/", WelcomeView.as_view(), name="welcome"),
]
