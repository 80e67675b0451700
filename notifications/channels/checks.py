"""System checks: a badly configured channel is said at start, with the remedy."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from notifications.channels.email.channel import DJANGO_SMTP
from notifications.channels.email.server import MailServer
from notifications.channels.registry import (
    DEFAULT_CHANNELS,
    ChannelRegistry,
    Provider,
)
from notifications.errors import TocsinError

EXAMPLE = (
    'TOCSIN_CHANNELS = {"email": "notifications.channels.email.EmailChannel"}, '
    'or a list of {"name": "…", "class": "…", "options": {…}} for several providers.'
)
# Its `name` may come with its options.
WANTED = ("kind", "deduplicates", "send", "close", "__enter__", "__exit__")
LONGEST_NAME = 60


@register("tocsin")
def check_channels(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every configured channel can be imported, made and used."""
    table = getattr(settings, "TOCSIN_CHANNELS", DEFAULT_CHANNELS)
    if not _is_table(table):
        return [
            Error(
                "TOCSIN_CHANNELS must name the providers of each kind of channel.",
                hint=f"Write it like this: {EXAMPLE}",
                id="tocsin.E040",
            )
        ]
    registry = ChannelRegistry(table)
    every = [one for kind in registry.kinds for one in registry.providers(kind)]
    found = [problem for one in every for problem in _problems(one)]
    return [*found, *_names(every), *_mail_settings()]


def _is_table(table: object) -> bool:
    return (
        isinstance(table, Mapping)
        and bool(table)
        and all(isinstance(kind, str) for kind in table)
        and all(isinstance(v, str) or _is_list(v) for v in table.values())
    )


def _is_list(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(each, Mapping) and _is_entry(each) for each in value)
    )


def _is_entry(value: Mapping[object, object]) -> bool:
    name, options = value.get("name"), value.get("options", {})
    return (
        value.keys() <= {"name", "class", "options"}
        and isinstance(name, str)
        and 0 < len(name) <= LONGEST_NAME
        and isinstance(value.get("class"), str)
        and isinstance(options, Mapping)
        and all(isinstance(option, str) for option in options)
    )


def _problems(provider: Provider) -> Iterator[CheckMessage]:
    called = f"“{provider.kind}”"
    if provider.name:
        called += f" through “{provider.name}”"
    try:
        found = provider.load()
    except ImportError as problem:
        yield Error(
            f"The channel {called} cannot be loaded: {problem}",
            hint="Correct its dotted path in TOCSIN_CHANNELS, "
            "or install the package that it comes from.",
            id="tocsin.E041",
        )
        return
    says = getattr(found, "kind", "")
    missing = [name for name in WANTED if not hasattr(found, name)]
    if not inspect.isclass(found) or missing:
        yield Error(
            f"The channel {called} is not a channel: it lacks "
            f"{', '.join(missing) or 'a class'}.",
            hint="Give its class what notifications.channels.base.Channel asks for; "
            "docs/channels.md has the check list.",
            id="tocsin.E042",
        )
    elif says != provider.kind:
        yield Error(
            f"The channel {called} says that it is of the kind “{says}”.",
            hint="Use one word in both places: the key in TOCSIN_CHANNELS "
            "and the `kind` of the class.",
            id="tocsin.E043",
        )
    elif wrong := _wrong_options(found, provider):
        yield Error(
            f"The channel {called} cannot be made with its options: {wrong}.",
            hint="Options are the keyword arguments of the class; correct them in "
            "TOCSIN_CHANNELS, or the EMAIL_FALLBACK_URL that they come from.",
            id="tocsin.E046",
        )


def _wrong_options(found: type, provider: Provider) -> str:
    try:
        inspect.signature(found).bind(**provider.options)
    except TypeError as problem:
        # Names of arguments only: the values may be passwords.
        return str(problem)
    if provider.options:
        try:
            provider.create().close()
        except TocsinError as problem:
            return str(problem).rstrip(".")
        except Exception as problem:  # noqa: BLE001 - a channel is others' code
            return type(problem).__name__
    return ""


def _names(providers: Sequence[Provider]) -> Iterator[CheckMessage]:
    names = Counter(provider.name for provider in providers if provider.name)
    for name in (name for name, count in names.items() if count > 1):
        yield Error(
            f"More than one provider in TOCSIN_CHANNELS is called “{name}”.",
            hint="Give each a name of its own: the log says by it who took a message.",
            id="tocsin.E045",
        )


def _mail_settings() -> Iterator[CheckMessage]:
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        yield Error(
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both on.",
            hint="Keep one: EMAIL_URL=smtp+tls://… for STARTTLS (port 587), "
            "smtp+ssl://… for TLS from the start (port 465).",
            id="tocsin.E044",
        )
    elif settings.EMAIL_BACKEND == DJANGO_SMTP:
        yield from _limits()


def _limits() -> Iterator[CheckMessage]:
    try:
        MailServer.from_settings()
    except TocsinError as problem:
        yield Error(
            f"The mail server cannot be used as the settings say: {problem}.",
            hint="Write its limits into EMAIL_URL like this: "
            "smtp+tls://user:password@host:587?connections=8&per_connection=100&rate=50",
            id="tocsin.E047",
        )
