"""Finds the providers of each kind of channel that `TOCSIN_CHANNELS` names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from notifications.channels.base import Channel
from notifications.errors import TocsinError

DEFAULT_CHANNELS: Mapping[str, object] = {
    "email": "notifications.channels.email.EmailChannel",
}


class UnknownChannel(TocsinError):
    """No channel of that kind is set up here."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to reach people by a kind of channel, as the settings describe it.

    `name` goes into the log; it is empty where the settings give only a class, which
    then names itself. Options may hold a password: they are in no text of this object.
    """

    kind: str
    path: str
    name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def load(self) -> Callable[..., Channel]:
        """The class; raises ImportError."""
        found: Callable[..., Channel] = import_string(self.path)
        return found

    def create(self) -> Channel:
        """A channel object of one's own: close it, or use it with `with`."""
        return self.load()(**self.options)


class ChannelRegistry:
    """The channels of an installation: kind → its providers, the preferred one first.

    A table says `{"email": "dotted.path.of.a.class"}` where there is one, else
    `{"email": [{"name": "smtp", "class": "dotted.path", "options": {…}}, …]}`.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._providers = {
            kind: tuple(_providers(kind, given)) for kind, given in table.items()
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._providers)

    def providers(self, kind: str) -> tuple[Provider, ...]:
        """Who serves a kind, in order of preference; raises UnknownChannel."""
        try:
            return self._providers[kind]
        except KeyError:
            raise UnknownChannel(
                _(
                    "There is no channel “%(kind)s” here. Add it to TOCSIN_CHANNELS "
                    "in the settings, or choose one of: %(kinds)s."
                )
                % {"kind": kind, "kinds": ", ".join(self.kinds)}
            ) from None

    def create(self, kind: str) -> Channel:
        """A channel of the preferred provider; raises UnknownChannel or ImportError."""
        return self.providers(kind)[0].create()


def _providers(kind: str, given: str | Sequence[Mapping[str, Any]]) -> list[Provider]:
    if isinstance(given, str):
        return [Provider(kind, given)]
    return [
        Provider(kind, one["class"], one["name"], one.get("options", {}))
        for one in given
    ]


def registry() -> ChannelRegistry:
    """The registry that the settings describe."""
    return ChannelRegistry(getattr(settings, "TOCSIN_CHANNELS", DEFAULT_CHANNELS))


def get_channel(kind: str) -> Channel:
    """A new channel of the preferred provider of this kind."""
    return registry().create(kind)
