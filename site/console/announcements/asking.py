"""The ways of a message as the parameters of an address, there and back."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from notifications.audience import Ways
from notifications.events import ChannelKind
from notifications.importing.languages import code_of
from notifications.models import Cluster


def query_of(ways: Ways) -> dict[str, Any]:
    """``says=email:en,fr`` for each channel in its order, and how they are used."""
    says = [f"{channel}:{','.join(codes)}" for channel, codes in ways.languages.items()]
    return {
        "says": says,
        "first": "1" if ways.first else "",
        "identical": "1" if ways.identical else "",
    }


def ways_in(address: QueryDict, cluster: Cluster) -> Ways:
    """What an address says; plain mail, where it says nothing that there is."""
    languages = {}
    for said in address.getlist("says"):
        channel, _colon, codes = said.partition(":")
        if channel in ChannelKind.values:
            languages[channel] = languages_in(codes) or (cluster.language,)
    return Ways(
        languages or {ChannelKind.EMAIL.value: (cluster.language,)},
        first=address.get("first") == "1",
        identical=address.get("identical") == "1",
    )


def languages_in(codes: str) -> tuple[str, ...]:
    """Codes of languages with commas between; nonsense is none."""
    known = (code for code in codes.split(",") if code_of(code) == code)
    return tuple(dict.fromkeys(known))
