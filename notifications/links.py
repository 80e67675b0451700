"""Signed links that people get: each leads to one entry of the log."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from .errors import TocsinError

SALT = "tocsin.unsubscribe"
#: Letters of the signature in a short link.
MARK = 10
#: As long as the token of an entry, of the same letters, and signed by nobody.
DEAD = f"{'0' * 8}.{'0' * 43}"


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


def sign_answer(entry_id: int) -> str:
    """The token that names an entry, short enough for a text message."""
    return _short(b"tocsin.answer", entry_id)


def read_answer(token: str) -> int:
    """The entry that a short token names; raises BrokenLink."""
    found = _read_short(b"tocsin.answer", token)
    if found is None:
        raise BrokenLink(
            _(
                "This link is not complete. Open the message again and tap its link, "
                "or call your estate office."
            )
        )
    return found


def answer_url(token: str) -> str:
    """The full address of the page that asks whether somebody is safe."""
    return f"{settings.BASE_URL}/a/{token}"


def sign_review(entry_id: int) -> str:
    """The token by which an approver reads what waits for them, without signing in.

    It names an entry: one message about one broadcast to one member. When it has run
    out, and whether they are one still, is asked where it is read.
    """
    return _short(b"tocsin.review", entry_id)


def read_review(token: str) -> int:
    """The entry that such a token names; raises BrokenLink."""
    found = _read_short(b"tocsin.review", token)
    if found is None:
        raise BrokenLink(
            _("This link is not complete. Open the message again and tap its link.")
        )
    return found


def review_url(token: str) -> str:
    """The full address of the page on which an approver reads an emergency."""
    return f"{settings.BASE_URL}/r/{token}"


def _short(use: bytes, entry_id: int) -> str:
    """Sixty bits of a keyed hash, then the key in base 36: guessed only by asking."""
    signed = hmac.new(
        settings.SECRET_KEY.encode(), b"%s:%d" % (use, entry_id), hashlib.sha256
    )
    mark = signing.b64_encode(signed.digest()).decode()[:MARK]
    return f"{mark}{_base36(entry_id)}"


def _read_short(use: bytes, token: str) -> int | None:
    """The entry that it names; None where it was not made by us, or for this use."""
    try:
        entry_id = int(token[MARK:], 36)
    except ValueError:
        return None
    if not 0 < entry_id < 2**63:
        return None
    same = hmac.compare_digest(
        _short(use, entry_id).encode(), token.encode("utf-8", "replace")
    )
    return entry_id if same else None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, last = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[last] + digits
    return digits


def welcome_url(user: str, token: str) -> str:
    """The full address of the page on which somebody chooses a password.

    Without a cluster: it is followed before anybody has signed in.
    """
    return f"{settings.BASE_URL}/admin/clusters/welcome/{user}/{token}/"


def live_url(cluster: str, dispatch: str) -> str:
    """The full address of a message under way, for staff of its cluster."""
    page = f"announcements/live/{dispatch}/" if dispatch else "delivery/live/"
    return f"{settings.BASE_URL}/c/{cluster}/admin/{page}"


def notice_url(cluster: str) -> str:
    """The full address of a cluster's public notices."""
    return f"{settings.BASE_URL}/n/{cluster}/"


def broadcast_url(cluster: str, broadcast: str, *, drill: bool) -> str:
    """The full address of an emergency, or a drill, for staff of its cluster."""
    world = "drills" if drill else "emergencies"
    return f"{settings.BASE_URL}/c/{cluster}/admin/{world}/{broadcast}/"


def feed_url(cluster: str, feed: str) -> str:
    """The full address of an alert feed, for the managers of its cluster."""
    return f"{settings.BASE_URL}/c/{cluster}/admin/emergencies/feeds/{feed}/"


def engine_url() -> str:
    """The full address of the page about the engine, for platform admins."""
    return f"{settings.BASE_URL}/admin/clusters/engine/"


def dead_answer_url() -> str:
    """What stands for the link wherever an emergency is only looked at."""
    return answer_url("…")


def dead_review_url() -> str:
    """What stands for the link in the log: it belongs to one approver."""
    return review_url("…")


def dead_unsubscribe_url() -> str:
    """What stands for the link wherever a message is only looked at.

    It leads nowhere, and takes as much room as a real one: texts are paid by length.
    """
    return unsubscribe_url(DEAD)
