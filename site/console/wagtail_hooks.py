"""What Tocsin changes in Wagtail's admin: a table of contents."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from wagtail import hooks
from wagtail.admin.search import admin_search_areas
from wagtail.rich_text.feature_registry import FeatureRegistry

from notifications.composing import menu
from notifications.richtext import register_placeholder_feature

from .menu import main_menu

ICONS = (
    "building",
    "chart",
    "drill",
    "megaphone",
    "paper-plane",
    "pause",
    "play",
    "scenario-exit",
    "scenario-fire",
    "scenario-gas",
    "scenario-lift",
    "scenario-person",
    "scenario-power",
    "scenario-shelter",
    "scenario-shield",
    "scenario-storm",
    "scenario-water",
    "scenario-flood",
    "siren",
)

_menu = main_menu()

# Wagtail's search looks for pages and users; there is a search on every list instead.
admin_search_areas.registered_search_areas = []


@hooks.register("construct_main_menu", order=1000)
def only_our_menu(request: Any, menu_items: list[Any]) -> None:
    """Replace Wagtail's pages, images, reports and settings with our own menu."""
    menu_items[:] = [item for item in _menu if item.is_shown(request)]


@hooks.register("register_icons")
def our_icons(icons: list[str]) -> list[str]:
    return icons + [f"console/icons/{name}.svg" for name in ICONS]


@hooks.register("insert_global_admin_css", order=1000)
def our_css() -> str:
    return format_html(
        '<link rel="stylesheet" href="{}">', static("console/console.css")
    ) + format_html(
        '<link rel="stylesheet" href="{}">', static("console/emergencies.css")
    )


@hooks.register("insert_global_admin_js")
def our_scripts() -> str:
    scripts = ((static(f"console/{name}.js"),) for name in ("frame", "refresh", "once"))
    return format_html_join("", '<script src="{}" defer></script>', scripts)


@hooks.register("construct_homepage_panels", order=1000)
def no_panels(request: Any, panels: list[Any]) -> None:
    panels.clear()


@hooks.register("register_rich_text_features")
def placeholders_in_rich_text(features: FeatureRegistry) -> None:
    register_placeholder_feature(features, menu())
