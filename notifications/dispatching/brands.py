"""Whose mail it is: a cluster's brand, put on what is composed for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info

from notifications.composing import Brand, Compiled, compile_email, standard_footer
from notifications.models import Cluster


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
    cluster: Cluster, subject: str, blocks: Sequence[Mapping[str, Any]]
) -> Compiled:
    """An email in the look of a cluster, with the way out at its foot.

    Raises InvalidTemplate, with what is wrong.
    """
    return compile_email(
        subject=subject,
        blocks=blocks,
        brand=brand_of(cluster),
        footer=standard_footer(cluster.name, cluster.language),
    )
