"""Keyed fingerprints: recognise an address or a name without keeping it."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from functools import lru_cache
from typing import Final

from django.conf import settings

#: Hexadecimal characters kept: 128 bits.
LENGTH = 32

# Marks that nobody sees, joiners among them, and that make equal names differ.
_UNSEEN: Final = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + (
    "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)
_DROP_UNSEEN: Final = dict.fromkeys(map(ord, _UNSEEN))
# What word processors turn apostrophes and hyphens into.
_ALIKE: Final = str.maketrans("\u2018\u2019\u02bc\u2010\u2011\u2012\u2013", "'''----")


@lru_cache(maxsize=4)
def _prepared(key: str) -> hmac.HMAC:
    return hmac.new(key.encode(), digestmod=hashlib.sha256)


def _keyed(text: str) -> str:
    mac = _prepared(settings.FINGERPRINT_KEY).copy()
    mac.update(text.encode())
    return mac.hexdigest()[:LENGTH]


def of_address(channel: str, value: str) -> str:
    """Fingerprint of a normalised address on a channel; "" for no address."""
    return _keyed(f"{channel}:{value}") if value else ""


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """The form that two spellings of one name share; words keep their order."""
    if name.isascii():
        return " ".join(name.casefold().split())
    before, key = "", name
    # Folding can open the way to more folding; a few rounds settle every text.
    while key != before:
        before = key
        key = unicodedata.normalize("NFKC", key).translate(_DROP_UNSEEN)
        key = unicodedata.normalize("NFKC", key.casefold()).translate(_ALIKE)
        key = " ".join(key.split())
    return key


def of_person(key: str) -> str:
    """Fingerprint of a normalised name (see ``name_key``)."""
    return _keyed(f"person:{key}")


def commitment(*parts: str) -> str:
    """A keyed promise of what was written, checkable while the words exist."""
    return _keyed("\x1f".join(parts))
