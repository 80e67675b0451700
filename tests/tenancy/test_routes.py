"""The allow-list is complete in both directions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.regex_helper import normalize

from console.areas import route_table
from console.menu import Group, main_menu
from notifications.models import Membership, Role

from .two import Two, browser_of
from .walk import address_of, knock, patterns, routes

SAMPLES = ("1", "x", "11111111-1111-4111-8111-111111111111", "nothing/")


def test_every_declared_route_exists_and_can_be_walked(two: Two) -> None:
    problems = []
    for route in routes():
        try:
            found = resolve(address_of(route, two.mine))
        except (NoReverseMatch, Resolver404, LookupError) as problem:
            problems.append(f"{route.name}: {problem}")
            continue
        if found.view_name != route.name:
            problems.append(f"{route.name} is hidden by {found.view_name}")
    assert not problems, "\n" + "\n".join(problems)


def test_every_address_of_the_menu_is_declared() -> None:
    def items(menu: list[Any]) -> Any:
        for item in menu:
            if isinstance(item, Group):
                yield from items(item.menu.initial_menu_items)
            else:
                yield item.route

    assert set(items(main_menu())) <= set(route_table())


def addresses(regex: str) -> list[str]:
    """Some addresses that a pattern might match."""
    return [
        "/" + text % dict.fromkeys(names, sample)
        for text, names in normalize(regex)
        for sample in SAMPLES
    ]


def test_what_is_not_declared_answers_404_to_everybody(two: Two) -> None:
    """Even to a platform admin who is a manager here."""
    Membership._base_manager.create(
        user=two.world.pia, cluster=two.mine.cluster, role=Role.MANAGER
    )
    client = browser_of(two.world.pia)
    problems, knocked = [], 0
    for name, regex in patterns():
        if name in route_table():
            continue
        address = _one_that_leads_to(name, regex)
        if address is None:
            continue
        knocked += 1
        for prefix in ("", "/c/riverside"):
            answer = knock(client, prefix + address, "GET")
            if answer.status_code != 404:
                problems.append(f"{prefix}{address} ({name}): {answer.status_code}")
    assert not problems, "\n" + "\n".join(problems)
    # Wagtail alone brings more than this; fewer would mean that nothing was asked.
    assert knocked > 100


def _one_that_leads_to(name: str, regex: str) -> str | None:
    for address in addresses(regex):
        try:
            if resolve(address).view_name == name:
                return address
        except Resolver404:
            continue
    return None


@pytest.mark.parametrize("area", ["", "people/", "delivery/log/", "announcements/"])
def test_no_address_is_reached_by_another_spelling(two: Two, area: str) -> None:
    client = browser_of(two.world.mallory)
    for spelling in (
        "/c/riverside/../riverside/admin/",
        "/c/RIVERSIDE/admin/",
        "/c//riverside/admin/",
        "/c/riverside%2Fadmin/admin/",
        "/c/hilltop/c/riverside/admin/",
        "//c/riverside/admin/",
    ):
        answer = knock(client, spelling + area, "GET")
        assert answer.status_code in (301, 404), spelling
        assert not re.search("quaymark", answer.content.decode())
