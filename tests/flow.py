"""The way of a message in tests: written, fanned out and delivered by the real code."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from notifications import delivery, dispatching, events
from notifications.actors import Actor, ActorKind, acting
from notifications.audience import Criteria
from notifications.composing import Compiled
from notifications.models import Batch, Cluster, Dispatch, NotificationLog

EVERYONE = Criteria(everyone=True)
LANES = (0, 1, 2, 3)
WORKER = "tests:1"

SAME = Compiled(
    subject="Water off on Monday",
    html="<p>From 9 to 12.</p>",
    text="From 9 to 12.",
)
PERSONAL = Compiled(
    subject="Water off on Monday, {{ first_name }}",
    html="<p>Dear {{ first_name }}. <a href='{{ unsubscribe_url }}'>Stop</a></p>",
    text="Dear {{ first_name }}. Stop: {{ unsubscribe_url }}",
)


def prepared(
    cluster: Cluster,
    criteria: Criteria = EVERYONE,
    *,
    words: Compiled = PERSONAL,
    event: events.Event = events.ANNOUNCEMENT_POSTED,
    **fields: Any,
) -> Dispatch:
    """A dispatch that nobody has been written down for yet."""
    content = dispatching.pin(cluster, words, channel="email", language="en")
    return dispatching.prepare(
        dispatching.Plan(
            cluster=cluster,
            event=event,
            title="Water off on Monday",
            criteria=criteria,
            contents=(content,),
            **fields,
        )
    )


def fanned_out(cluster: Cluster, *args: Any, **fields: Any) -> Dispatch:
    """A dispatch with its entries planned, ready for a worker."""
    dispatch = prepared(cluster, *args, **fields)
    dispatching.fan_out(dispatch.pk)
    # By the clock of the test, which may stand still.
    dispatch.batches.filter(done_at=None).update(due_at=timezone.now())
    dispatch.refresh_from_db()
    return dispatch


def deliver(**options: Any) -> bool:
    """What a worker does when it is woken."""
    with acting(Actor(ActorKind.WORKER, None, WORKER)):
        return delivery.drain(LANES, WORKER, **options)


def make_due() -> None:
    """Let the pause of every retry have passed."""
    past = timezone.now() - timedelta(seconds=1)
    Batch.objects.filter(done_at=None).update(due_at=past)


def let_leases_run_out() -> None:
    """Let a minute pass in which no worker has said a word."""
    past = timezone.now() - timedelta(seconds=1)
    Batch.objects.filter(leased_until__isnull=False).update(leased_until=past)


def statuses(dispatch: Dispatch) -> dict[str, int]:
    """How many entries stand at each status."""
    return dict(Counter(entries(dispatch).values_list("status", flat=True)))


def reasons(dispatch: Dispatch) -> dict[str, str]:
    """Name → why skipped, or "" for who was not."""
    return dict(entries(dispatch).values_list("recipient__name", "reason"))


def entries(dispatch: Dispatch) -> Any:
    return NotificationLog.objects.filter(dispatch=dispatch).order_by("id")
