"""The channels of a message and how they are used, as one choice in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.channels.registry import registry
from notifications.events import ChannelKind, ChannelMode

EMAIL, SMS = ChannelKind.EMAIL.value, ChannelKind.SMS.value
EVERY, FIRST = ChannelMode.EVERY.value, ChannelMode.FIRST.value

#: What staff write for; said as it will happen.
SAID: dict[tuple[str, tuple[str, ...]], str | Promise] = {
    (EVERY, (EMAIL,)): _("By email"),
    (EVERY, (SMS,)): _("By text message"),
    (EVERY, (EMAIL, SMS)): _("By email and by text message: everybody gets both"),
    (FIRST, (EMAIL, SMS)): _(
        "By email; by text message only to those whom no email reaches"
    ),
    (FIRST, (SMS, EMAIL)): _(
        "By text message; by email only to those whom no text reaches"
    ),
}


def key_of(channels: tuple[str, ...], mode: str) -> str:
    """A choice as a form sends it."""
    order = channels if mode == FIRST and len(channels) > 1 else tuple(sorted(channels))
    return "-".join((mode if len(channels) > 1 else EVERY, *order))


CHOICES = {key_of(channels, mode): (channels, mode) for mode, channels in SAID}


def offered() -> list[tuple[str, str | Promise]]:
    """The choices for which there are channels here."""
    known = set(registry().kinds)
    return [
        (key, SAID[mode, channels])
        for key, (channels, mode) in CHOICES.items()
        if known.issuperset(channels)
    ]


def read(key: str) -> tuple[tuple[str, ...], str]:
    """Channels and mode of a choice; plain mail for what is none."""
    return CHOICES.get(key, ((EMAIL,), EVERY))


def in_words(channels: tuple[str, ...], mode: str) -> str:
    """The same choice on pages where it cannot be changed."""
    key = key_of(channels, mode)
    if key not in CHOICES:
        return ", ".join(str(ChannelKind(each).label) for each in channels)
    chosen, how = CHOICES[key]
    return str(SAID[how, chosen])
