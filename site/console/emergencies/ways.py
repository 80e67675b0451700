"""The channels of an emergency in their order, chosen without any script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels.registry import registry
from notifications.events import ChannelKind


class InOrder(forms.SelectMultiple):
    """A list to choose from for each place: the first, the second, and so on."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: Mapping[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        kinds = list(self.choices)
        chosen = [each for each in value or () if each in dict(kinds)]
        # Each place may stay empty but the first.
        lists = [kinds] + [[("", _("No other")), *kinds]] * (len(kinds) - 1)
        rows = []
        for place, offered in enumerate(lists):
            picked = chosen[place] if place < len(chosen) else ""
            label = _("Channel %(n)d") % {"n": place + 1}
            own = {"id": f"id_{name}_{place}", "aria-label": label}
            select = forms.Select(choices=offered)
            rows.append((place + 1, select.render(name, picked, own, renderer)))
        row = '<label class="in-order"><span>{}.</span> {}</label>'
        return format_html_join("", row, rows)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [each for each in data.getlist(name) if each]

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """That of the first list."""
        return f"{id_}_0"


class WaysField(forms.MultipleChoiceField):
    """At least one channel, and none of them twice."""

    widget = InOrder

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Channels, in their order"),
            choices=_kinds,
            **options,
        )

    def validate(self, value: Sequence[str]) -> None:
        super().validate(value)
        if len(set(value)) < len(value):
            raise ValidationError(
                _("A channel stands here twice. Choose each in one place only.")
            )


def _kinds() -> list[tuple[str, Any]]:
    """What some provider serves here."""
    return [(each, ChannelKind(each).label) for each in registry().kinds]
