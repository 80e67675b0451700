"""The frame as people of different roles see it."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

PAGES = {
    "home": "",
    "announcements": "announcements/",
    "compose": "announcements/add/",
    "templates": "messages/",
    "template": "messages/add/",
    "people": "people/",
    "imports": "imports/",
    "opt-outs": "opt-outs/",
    "zones": "clusters/zones/",
    "members": "clusters/members/",
    "settings": "clusters/settings/",
    "live": "delivery/live/",
    "log": "delivery/log/",
    "outbox": "delivery/outbox/",
    "reports": "exports/reports/",
    "exports": "exports/",
}


def test_every_page_of_the_menu_looks_right_in_every_light(visitor: Visitor) -> None:
    visitor.sign_in("mona@tocsin.example")
    for name, path in PAGES.items():
        visitor.open("riverside-quay", path)
        visitor.in_every_light(f"page-{name}")


def test_mona_moves_between_her_clusters_and_sees_where_she_is(
    visitor: Visitor,
) -> None:
    visitor.sign_in("mona@tocsin.example")
    visitor.open("riverside-quay", "people/")
    assert "Riverside Quay" in visitor.page.locator("body").inner_text()
    visitor.open("st-annes-estate", "people/")
    assert "St Anne" in visitor.page.locator("body").inner_text()
    answer = visitor.page.request.get(visitor.tocsin.page_of("harbour-court"))
    assert answer.status == 404


def test_otto_reads_everything_and_is_offered_nothing_to_change(
    visitor: Visitor,
) -> None:
    visitor.sign_in("otto@tocsin.example")
    visitor.open("riverside-quay", "people/")
    page = visitor.page
    assert page.get_by_role("link", name="Add a person").count() == 0
    visitor.open("riverside-quay", "announcements/")
    assert page.get_by_role("link", name="New announcement").count() == 0
