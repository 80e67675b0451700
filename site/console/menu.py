"""The menu in the order of the work; each item shows only to who may open it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from .access import Access
from .areas import may, route_table
from .pages import platform_url


class RouteItem(MenuItem):
    """A menu item that stands for a declared route.

    Wagtail keeps menu items for the life of the process, so the address is made for
    each request: the first one's cluster must not be baked in.
    """

    def __init__(self, label: str | Promise, route: str, **options: Any) -> None:
        self.route = route
        super().__init__(label, "", name=route.replace(":", "-"), **options)

    def is_shown(self, request: Any) -> bool:
        return may(request, self.route)

    def render_component(self, request: Any) -> LinkMenuItem:
        return LinkMenuItem(
            self.name,
            self.label,
            self._url(request),
            icon_name=self.icon_name,
            classname=self.classname,
        )

    def _url(self, request: Any) -> str:
        if route_table()[self.route].read is Access.PLATFORM:
            return platform_url(request, self.route)
        return reverse(self.route)


class Group(SubmenuMenuItem):
    """A menu item that opens to some more."""

    def __init__(
        self, label: str | Promise, name: str, items: list[RouteItem], **options: Any
    ) -> None:
        for order, item in enumerate(items):
            item.order = order
        super().__init__(label, Menu(items=items), name=name, **options)


def main_menu() -> list[RouteItem | Group]:
    """The whole menu."""
    items: list[RouteItem | Group] = [
        RouteItem(_("Home"), "wagtailadmin_home", icon_name="home"),
        RouteItem(_("Announcements"), "announcements:index", icon_name="megaphone"),
        RouteItem(_("Emergencies"), "emergencies:index", icon_name="siren"),
        RouteItem(_("Drills"), "drills:index", icon_name="drill"),
        RouteItem(_("Templates"), "messages:index", icon_name="doc-full"),
        Group(
            _("People"),
            "people",
            [
                RouteItem(_("Recipients"), "people:index", icon_name="group"),
                RouteItem(_("Zones"), "clusters:zones", icon_name="building"),
                RouteItem(_("Imports"), "imports:index", icon_name="upload"),
                RouteItem(_("Opt-outs"), "opt_outs:index", icon_name="no-view"),
            ],
            icon_name="group",
        ),
        Group(
            _("Delivery"),
            "delivery",
            [
                RouteItem(_("Live"), "delivery:live", icon_name="rotate"),
                RouteItem(_("Log"), "delivery:log", icon_name="list-ul"),
                RouteItem(_("Unknown"), "delivery:unknown", icon_name="help"),
                RouteItem(_("Engine"), "delivery:engine", icon_name="tasks"),
                RouteItem(_("Outbox"), "delivery:outbox", icon_name="mail"),
            ],
            icon_name="paper-plane",
        ),
        Group(
            _("Reports"),
            "reports",
            [
                RouteItem(_("Delivery"), "exports:reports", icon_name="chart"),
                RouteItem(_("Exports"), "exports:index", icon_name="download"),
            ],
            icon_name="chart",
        ),
        Group(
            _("Settings"),
            "settings",
            [
                RouteItem(_("This cluster"), "clusters:settings", icon_name="building"),
                RouteItem(_("Members"), "clusters:members", icon_name="group"),
                RouteItem(_("Scenarios"), "emergencies:scenarios", icon_name="siren"),
                RouteItem(_("Alert feeds"), "emergencies:feeds", icon_name="download"),
                RouteItem(_("Clusters"), "clusters:index", icon_name="site"),
                RouteItem(_("Users"), "clusters:users", icon_name="user"),
                RouteItem(_("Engine"), "clusters:engine", icon_name="tasks"),
            ],
            icon_name="cogs",
        ),
        RouteItem(_("Help"), "home:help", icon_name="help"),
    ]
    for order, item in enumerate(items):
        item.order = order
    return items
