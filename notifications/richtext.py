"""Rich text for messages: what the editor offers and how a placeholder is stored.

A placeholder is an entity of its own, `<placeholder name="unit">unit</placeholder>`,
so that bold cannot fall inside its braces. Not for models: the editor's converters
want every model loaded before they are imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from draftjs_exporter import DOM
from wagtail.admin.rich_text.converters.html_to_contentstate import (
    KEEP_WHITESPACE,
    InlineEntityElementHandler,
)
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.rich_text.feature_registry import FeatureRegistry

PLACEHOLDER = "PLACEHOLDER"


class PlaceholderHandler(InlineEntityElementHandler):
    """Reads a stored placeholder into the editor, where its name is its text."""

    mutability = "IMMUTABLE"

    def handle_starttag(
        self, name: str, attrs: list[tuple[str, str]], state: Any, contentstate: Any
    ) -> None:
        super().handle_starttag(name, attrs, state, contentstate)
        self._name = dict(attrs)["name"]

    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, str]:
        return {"name": attrs["name"]}

    def handle_endtag(self, name: str, state: Any, contentstate: Any) -> None:
        # An entity without text cannot be seen, chosen or deleted in the editor.
        if len(state.current_block.text) == state.current_entity_ranges[-1].offset:
            state.current_block.text += self._name
            state.leading_whitespace = KEEP_WHITESPACE
        super().handle_endtag(name, state, contentstate)


def stored_placeholder(props: dict[str, Any]) -> Any:
    """A placeholder of the editor as it is stored."""
    return DOM.create_element("placeholder", {"name": props["name"]}, props["children"])


def register_placeholder_feature(
    features: FeatureRegistry, placeholders: Mapping[str, str | Promise]
) -> None:
    """Add the menu of placeholders (name → label) to the rich text editor.

    Its script also puts a plain address dialog in place of Wagtail's page chooser,
    since a message links to addresses, never to pages.
    """
    choices = [{"name": name, "label": label} for name, label in placeholders.items()]
    features.register_editor_plugin(
        "draftail",
        "placeholder",
        EntityFeature(
            {
                "type": PLACEHOLDER,
                "icon": "tag",
                "label": "",
                "description": _("Placeholder"),
                "attributes": ["name"],
                "placeholders": choices,
            },
            js=["console/draftail-placeholder.js"],
        ),
    )
    features.register_converter_rule(
        "contentstate",
        "placeholder",
        {
            "from_database_format": {
                "placeholder[name]": PlaceholderHandler(PLACEHOLDER)
            },
            "to_database_format": {
                "entity_decorators": {PLACEHOLDER: stored_placeholder}
            },
        },
    )
