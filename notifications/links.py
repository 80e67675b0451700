"""Signed links that people get: they lead to one entry of the log, for ever."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from .errors import TocsinError

SALT = "tocsin.unsubscribe"


class BrokenLink(TocsinError):
    """The token of a link was not made by us, or not copied whole."""


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")


@lru_cache(maxsize=4)
def _keyed(secret: str) -> hmac.HMAC:
    """What Django's signer makes of its key for every text, made once."""
    key = hashlib.sha256(f"{SALT}signer{secret}".encode()).digest()
    return hmac.new(key, digestmod=hashlib.sha256)


def sign_entry(entry_id: int) -> str:
    """The token that names an entry: it never expires and cannot be guessed.

    The same as ``Signer.sign``, which is too slow for thousands in a second.
    """
    signed = _keyed(settings.SECRET_KEY).copy()
    signed.update(b"%d" % entry_id)
    return f"{entry_id}.{signing.b64_encode(signed.digest()).decode()}"


def read_entry(token: str) -> int:
    """The entry that a token names; raises BrokenLink."""
    try:
        return int(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        raise BrokenLink(
            _(
                "This link is not complete. Open the message again and "
                "follow its link, or answer the message."
            )
        ) from None


def unsubscribe_url(token: str) -> str:
    """The full address of the page that offers the opt-out."""
    return f"{settings.BASE_URL}/p/unsubscribe/{token}/"


def welcome_url(user: str, token: str) -> str:
    """The full address of the page on which somebody chooses a password.

    Without a cluster: it is followed before anybody has signed in.
    """
    return f"{settings.BASE_URL}/admin/clusters/welcome/{user}/{token}/"


def live_url(cluster: str, dispatch: str) -> str:
    """The full address of a message under way, for staff of its cluster."""
    page = f"announcements/live/{dispatch}/" if dispatch else "delivery/live/"
    return f"{settings.BASE_URL}/c/{cluster}/admin/{page}"


def engine_url() -> str:
    """The full address of the page about the engine, for platform admins."""
    return f"{settings.BASE_URL}/admin/clusters/engine/"


def dead_unsubscribe_url() -> str:
    """What stands for the link wherever a message is only looked at."""
    return unsubscribe_url("…")
