"""System checks: a badly configured channel is said at start, with the remedy."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from notifications.channels.registry import DEFAULT_CHANNELS, ChannelRegistry

EXAMPLE = 'TOCSIN_CHANNELS = {"email": "notifications.channels.email.EmailChannel"}'
WANTED = ("name", "kind", "deduplicates", "send", "close", "__enter__", "__exit__")


@register("tocsin")
def check_channels(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every configured channel can be imported, made and used."""
    paths = getattr(settings, "TOCSIN_CHANNELS", DEFAULT_CHANNELS)
    if not _is_table(paths):
        return [
            Error(
                "TOCSIN_CHANNELS must name a class for each kind of channel.",
                hint=f"Write it like this: {EXAMPLE}",
                id="tocsin.E040",
            )
        ]
    registry = ChannelRegistry(paths)
    found = [p for kind in registry.kinds for p in _problems(registry, kind)]
    return [*found, *_mail_settings()]


def _is_table(paths: object) -> bool:
    return (
        isinstance(paths, Mapping)
        and bool(paths)
        and all(isinstance(k, str) and isinstance(v, str) for k, v in paths.items())
    )


def _problems(registry: ChannelRegistry, kind: str) -> Iterator[CheckMessage]:
    try:
        found = registry.factory(kind)
    except ImportError as problem:
        yield Error(
            f"The channel “{kind}” cannot be loaded: {problem}",
            hint="Correct its dotted path in TOCSIN_CHANNELS, "
            "or install the package that it comes from.",
            id="tocsin.E041",
        )
        return
    says = getattr(found, "kind", "")
    missing = [name for name in WANTED if not hasattr(found, name)]
    if not inspect.isclass(found) or missing:
        yield Error(
            f"The channel “{kind}” is not a channel: it lacks "
            f"{', '.join(missing) or 'a class'}.",
            hint="Give its class what notifications.channels.base.Channel asks for; "
            "docs/channels.md has the check list.",
            id="tocsin.E042",
        )
    elif says != kind:
        yield Error(
            f"The channel “{kind}” says that it is of the kind “{says}”.",
            hint="Use one word in both places: the key in TOCSIN_CHANNELS "
            "and the `kind` of the class.",
            id="tocsin.E043",
        )


def _mail_settings() -> Iterator[CheckMessage]:
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        yield Error(
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both on.",
            hint="Keep one: EMAIL_URL=smtp+tls://… for STARTTLS (port 587), "
            "smtp+ssl://… for TLS from the start (port 465).",
            id="tocsin.E044",
        )
