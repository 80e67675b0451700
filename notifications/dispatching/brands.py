"""Whose mail it is: a cluster's brand, put on what is composed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info

from notifications.composing import Brand, Compiled, compile_email, standard_footer
from notifications.composing.sms import compile_sms
from notifications.composing.wordings import Wording, Wordings, spoken
from notifications.events import ChannelKind
from notifications.models import Cluster

#: Channel, language and words.
Letter = tuple[str, str, Compiled]


def brand_of(cluster: Cluster, language: str = "") -> Brand:
    """The look of a cluster's mail, in its own language or another."""
    logo = f"{settings.BASE_URL}{cluster.logo.url}" if cluster.logo else ""
    return Brand(
        name=cluster.name,
        colour=cluster.colour,
        logo_url=logo,
        footer_address=cluster.postal_address,
        language=language or cluster.language,
        direction=_direction(language or cluster.language),
    )


def _direction(language: str) -> str:
    """Which way a language is written; as most are where nobody says."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


def compile_for(
    cluster: Cluster,
    subject: str,
    blocks: Sequence[Mapping[str, Any]],
    language: str = "",
) -> Compiled:
    """An email in the look of a cluster, with the way out at its foot.

    Raises InvalidTemplate, with what is wrong.
    """
    brand = brand_of(cluster, language)
    return compile_email(
        subject=subject,
        blocks=blocks,
        brand=brand,
        footer=standard_footer(cluster.name, brand.language),
    )


def compile_wording(
    cluster: Cluster, wording: Wording, channel: str, language: str
) -> Compiled:
    """One message in one language for one channel; raises InvalidTemplate.

    To a text nothing is added: a link would take half of it. Its author may put one in.
    """
    if channel == ChannelKind.SMS:
        return compile_sms(wording.sms)
    return compile_for(cluster, wording.subject, wording.blocks, language)


def letters_of(
    cluster: Cluster, wordings: Wordings, channels: Sequence[str]
) -> Iterator[Letter]:
    """All that a message says, in the order of the channels; raises InvalidTemplate."""
    for channel in channels:
        for language in spoken(wordings, channel):
            words = compile_wording(cluster, wordings[language], channel, language)
            yield channel, language, words
