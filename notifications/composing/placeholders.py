"""The placeholders that every message knows, whatever it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import links

Value = str | int | float | Decimal | date | datetime
Values = Mapping[str, Value | None]


@dataclass(frozen=True)
class Placeholder:
    """What staff pick from the menu: its label, an example, and a stand-in.

    `fallback` names the placeholder whose value is taken when this has none.
    """

    label: str | Promise
    example: Value
    fallback: str = ""


PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType(
    {
        "first_name": Placeholder(_("First name"), "Anna", fallback="name"),
        "name": Placeholder(_("Full name"), "Anna Lindqvist"),
        "unit": Placeholder(_("Unit"), "Flat 12"),
        "zone": Placeholder(_("Zone"), "Heron block"),
        "cluster": Placeholder(_("Cluster"), "Riverside Quay"),
        "sender_name": Placeholder(_("Sender"), "Riverside Quay Estate Office"),
        "today": Placeholder(_("Today’s date"), date(2026, 11, 20)),
        "unsubscribe_url": Placeholder(
            _("Unsubscribe link"), "https://example.org/stop/abc"
        ),
    }
)
FALLBACKS = {name: it.fallback for name, it in PLACEHOLDERS.items() if it.fallback}


def examples() -> dict[str, Value]:
    """A flat dict of example values, for a preview with nobody chosen."""
    found = {name: each.example for name, each in PLACEHOLDERS.items()}
    return found | {"unsubscribe_url": links.dead_unsubscribe_url()}


def menu() -> dict[str, str | Promise]:
    """Name → label, for the menu in the rich text editor."""
    return {name: found.label for name, found in PLACEHOLDERS.items()}


def present(values: Values, defaults: Values | None = None) -> dict[str, Value]:
    """The values that are really there: own first, then stand-ins, then defaults.

    None, an empty text and a text of spaces only all count as missing.
    """
    known = {name: value for name, value in values.items() if _given(value)}
    for name, fallback in FALLBACKS.items():
        if name not in known and fallback in known:
            known[name] = known[fallback]
    for name, value in (defaults or {}).items():
        if name not in known and _given(value):
            known[name] = value
    return known  # type: ignore[return-value]  # _given leaves no None


def _given(value: Value | None) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
