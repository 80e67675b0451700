"""Finds the channel of each kind by the dotted path in `TOCSIN_CHANNELS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from notifications.channels.base import Channel
from notifications.errors import TocsinError

DEFAULT_CHANNELS: Mapping[str, str] = {
    "email": "notifications.channels.email.EmailChannel",
}


class UnknownChannel(TocsinError):
    """No channel of that kind is set up here."""


class ChannelRegistry:
    """The channels of an installation: kind → dotted path of a class."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._paths = dict(paths)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._paths)

    def factory(self, kind: str) -> Callable[[], Channel]:
        """The class behind a kind; raises UnknownChannel or ImportError."""
        try:
            path = self._paths[kind]
        except KeyError:
            raise UnknownChannel(
                _(
                    "There is no channel “%(kind)s” here. Add it to TOCSIN_CHANNELS "
                    "in the settings, or choose one of: %(kinds)s."
                )
                % {"kind": kind, "kinds": ", ".join(self.kinds)}
            ) from None
        found: Callable[[], Channel] = import_string(path)
        return found

    def create(self, kind: str) -> Channel:
        """A channel object of one's own: close it, or use it with `with`."""
        return self.factory(kind)()


def registry() -> ChannelRegistry:
    """The registry that the settings describe."""
    return ChannelRegistry(getattr(settings, "TOCSIN_CHANNELS", DEFAULT_CHANNELS))


def get_channel(kind: str) -> Channel:
    """A new channel of this kind, its connection kept until it is closed."""
    return registry().create(kind)
