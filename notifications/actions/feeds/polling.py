"""Asking a feed: what is new becomes a draft, what changes a known one a note.

Nothing here sends, submits, ends or cancels: people are told, and decide.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from random import sample
from time import monotonic
from urllib.parse import urljoin

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.actors import Actor, ActorKind, acting
from notifications.errors import TocsinError
from notifications.inbound import CapMessage, Entry, Fetched, fetch, read
from notifications.models import AlertFeed, InboundAlert

from .standing import tell_managers, why_no_drafts
from .taking import take, tell

logger = logging.getLogger("tocsin.feeds")

Fetch = Callable[..., Fetched]
EVERY = timedelta(minutes=1)
#: Seconds for all messages of a list; the rest has its turn the next time.
PATIENCE = 45.0
#: Messages of a list that are fetched at one time.
MOST_AT_ONCE = 50
#: How long it is remembered what came to nothing.
REMEMBERED = timedelta(days=90)


def due(now: datetime | None = None) -> list[int]:
    """Keys of the feeds of every cluster whose turn it is."""
    now = now or timezone.now()
    with scope.every_cluster():
        rows = AlertFeed.objects.filter(active=True, due_at__lte=now)
        return list(rows.order_by("due_at").values_list("pk", flat=True))


def poll(pk: int, *, fetch: Fetch = fetch) -> None:
    """Ask one feed, unless somebody else is at it or it is not its turn."""
    now = timezone.now()
    with scope.every_cluster():
        mine = AlertFeed.objects.filter(pk=pk, active=True, due_at__lte=now)
        if not mine.update(due_at=now + EVERY):
            return
        related = ("cluster", "scenario", "saved_by")
        feed = AlertFeed.objects.select_related(*related).get(pk=pk)
    source = Actor(ActorKind.PROVIDER, None, feed.name)
    with scope.clusters(feed.cluster_id), acting(source):
        _poll(feed, fetch)


def _poll(feed: AlertFeed, fetch: Fetch) -> None:
    problem, fetched = "", Fetched(None, feed.etag, feed.modified)
    try:
        fetched = fetch(feed.url, etag=feed.etag, modified=feed.modified)
        if fetched.body is not None:
            problem = _take_all(feed, fetch, fetched.body)
    except Exception as trouble:  # noqa: BLE001 - what was made has to be told
        problem = _sentence(feed, trouble)
    _put_down(feed, fetched, problem)
    tell(feed)


def _take_all(feed: AlertFeed, fetch: Fetch, body: bytes) -> str:
    """Everything new of a document; the first thing that went wrong."""
    found = read(body)
    if isinstance(found, CapMessage):
        take(feed, found, body)
        return ""
    unseen = _unseen(feed, found)
    until, problem = monotonic() + PATIENCE, ""
    much = _("There is much of it: the rest is read in a minute.")
    for mark, entry in _some(unseen):
        if monotonic() > until:
            return problem or much
        try:
            _take_entry(feed, fetch, entry, mark)
        except Exception as trouble:  # noqa: BLE001 - the others have their turn
            problem = problem or _sentence(feed, trouble)
    return problem or (much if len(unseen) > MOST_AT_ONCE else "")


def _some(unseen: Mapping[str, Entry]) -> list[tuple[str, Entry]]:
    """As many as are fetched at one time, in the order of the list.

    Of more any may be among them: so broken ones keep no other back for ever.
    """
    everything = list(unseen.items())
    chosen = sample(range(len(everything)), min(MOST_AT_ONCE, len(everything)))
    return [everything[each] for each in sorted(chosen)]


def _sentence(feed: AlertFeed, trouble: Exception) -> str:
    """What went wrong, for managers; a fault of ours goes to the log as well."""
    if isinstance(trouble, TocsinError):
        return str(trouble)
    # Its kind alone: its text may hold what a stranger sent.
    kind = type(trouble).__name__
    logger.error("feed %s: an alert could not be taken in: %s", feed.pk, kind)
    return _(
        "An alert in it could not be taken in, and is tried again each minute. If this "
        "stays, tell the one who runs Tocsin."
    )


def _take_entry(feed: AlertFeed, fetch: Fetch, entry: Entry, mark: str) -> None:
    body = fetch(urljoin(feed.url, entry.link)).body or b""
    message = read(body)
    if not isinstance(message, CapMessage):
        raise TocsinError(_("A line of this list leads to no CAP message."))
    take(feed, message, body, seen_as=mark)


def _mark(entry: Entry) -> str:
    return sha256(f"{entry.link}\n{entry.mark}".encode()).hexdigest()


def _unseen(feed: AlertFeed, entries: tuple[Entry, ...]) -> dict[str, Entry]:
    """What is new of a list, by its marks."""
    marked = {_mark(each): each for each in entries}
    rows = InboundAlert.objects.filter(feed=feed, seen_as__in=marked)
    for known in rows.values_list("seen_as", flat=True):
        marked.pop(known, None)
    return marked


def _put_down(feed: AlertFeed, fetched: Fetched, problem: str) -> None:
    """How it went; unless a manager has changed the feed since.

    Managers are told when it begins to make no drafts, and not each minute.
    """
    now = timezone.now()
    no_drafts = why_no_drafts(feed)[:500]
    problem = no_drafts or problem[:500]
    changes: dict[str, object] = {"polled_at": now, "problem": problem}
    if not problem:
        changes["answered_at"] = now
        if fetched.body is not None:
            changes |= {"etag": fetched.etag, "modified": fetched.modified}
    same = AlertFeed.objects.filter(pk=feed.pk, version=feed.version)
    with transaction.atomic():
        if no_drafts and same.exclude(problem=no_drafts).update(problem=no_drafts):
            tell_managers(feed)
        same.update(**changes)
        old = InboundAlert.objects.filter(feed=feed, broadcast=None)
        old.filter(came_at__lt=now - REMEMBERED).delete()
