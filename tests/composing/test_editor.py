"""The rich text editor keeps a placeholder whole on its way in and out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import features
from wagtail.rich_text.feature_registry import FeatureRegistry

from notifications.blocks import FEATURES, EmailBody
from notifications.composing import menu
from notifications.richtext import register_placeholder_feature


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    register_placeholder_feature(features, menu())
    return


def there_and_back(stored: str) -> str:
    converter = ContentstateConverter(FEATURES)
    return str(converter.to_database_format(converter.from_database_format(stored)))


@pytest.mark.parametrize(
    "stored",
    [
        '<p data-block-key="k1">Dear <placeholder name="unit">unit</placeholder>!</p>',
        '<p data-block-key="k1"><placeholder name="unit">un<b>it</b></placeholder></p>',
        '<p data-block-key="k1"><a href="https://example.org/?u=1">x</a></p>',
        '<p data-block-key="k1"><a href="https://example.org/?u={{ unit }}">x</a></p>',
        '<p data-block-key="k1"><a href="{{ url }}">x</a></p>',
    ],
)
def test_what_is_stored_comes_back_unchanged(stored: str) -> None:
    assert there_and_back(stored) == stored


def test_a_placeholder_without_text_gets_some_to_be_seen_by() -> None:
    stored = '<p data-block-key="k1">A <placeholder name="unit"></placeholder> b</p>'
    assert there_and_back(stored) == (
        '<p data-block-key="k1">A <placeholder name="unit">unit</placeholder> b</p>'
    )


def test_the_editor_treats_a_placeholder_as_one_thing() -> None:
    converter = ContentstateConverter(FEATURES)
    stored = '<p>A <placeholder name="unit">unit</placeholder></p>'
    state = json.loads(converter.from_database_format(stored))
    (entity,) = state["entityMap"].values()
    assert entity == {
        "type": "PLACEHOLDER",
        "mutability": "IMMUTABLE",
        "data": {"name": "unit"},
    }


def test_the_menu_offers_every_placeholder_with_its_label() -> None:
    registry = FeatureRegistry()
    registry.has_scanned_for_features = True
    register_placeholder_feature(registry, menu())
    plugin: Any = registry.get_editor_plugin("draftail", "placeholder")
    offered = {
        choice["name"]: str(choice["label"]) for choice in plugin.data["placeholders"]
    }
    assert offered["first_name"] == "First name"
    assert set(offered) == set(menu())


def test_a_body_takes_raw_blocks_and_gives_them_back() -> None:
    raw = [
        {"type": "heading", "value": "A", "id": "1"},
        {"type": "text", "value": "<p>b</p>", "id": "2"},
        {"type": "button", "value": {"label": "x", "url": "{{ url }}"}, "id": "3"},
        {"type": "callout", "value": {"tone": "info", "text": "<p>c</p>"}, "id": "4"},
        {"type": "image", "value": {"url": "https://a.org/c", "alt": "d"}, "id": "5"},
        {"type": "table", "value": {"rows": "a|b", "header": True}, "id": "6"},
        {"type": "divider", "value": None, "id": "7"},
    ]
    body = EmailBody()
    assert body.get_prep_value(body.to_python(raw)) == raw
    assert body.clean(body.to_python(raw))
