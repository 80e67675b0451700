"""The log of a large cluster, made set-wise: years of dispatches and their entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import F
from django.utils import timezone

from notifications import events
from notifications.actors import Actor, ActorKind, acting
from notifications.lifecycle import (
    AnnouncementStatus,
    DispatchStatus,
    EntryStatus,
    SkipReason,
)
from notifications.models import (
    Addressee,
    Announcement,
    Batch,
    Cluster,
    ContactPoint,
    Content,
    Dispatch,
    DispatchContent,
    NotificationLog,
    OptOut,
    Recipient,
    Suppression,
)
from notifications.models.setwise import insert_select

from .seeding_sql import draw, fill, keyed, later, numbers, settle, stored, table

WORKER = Actor(ActorKind.WORKER, None, "worker 1")
BATCH = 200
#: How much of the log is in dispatches to everybody.
IN_LARGE_ONES = 0.8
TITLES = (
    "Water off on Monday",
    "Lift out of order",
    "Fire alarm test",
    "Your service charge is due",
    "Summer fair in the courtyard",
    "Parcels at the desk",
    "Windows cleaned this week",
    "Meeting of residents",
)
KINDS = (
    events.ANNOUNCEMENT_POSTED,
    events.MAINTENANCE_NOTICE,
    events.MAINTENANCE_URGENT,
    events.PAYMENT_DUE,
    events.NEWSLETTER,
)


def add_log(
    cluster: Cluster, *, entries: int, dispatches: int, by: Any
) -> list[Dispatch]:
    """A year of announcements that went out, the last of them today.

    A few went to everybody, most to a neighbourhood. The people must be there.
    """
    now = timezone.now()
    made = []
    _addressees(cluster)
    for number, size in enumerate(sizes(cluster, entries, dispatches), start=1):
        ago = timedelta(days=365) * (1 - number / dispatches) + timedelta(minutes=30)
        with acting(Actor.staff(by)):
            dispatch = _dispatch(cluster, number, now - ago, by)
        with acting(WORKER):
            _entries(dispatch, number, size)
        made.append(dispatch)
    settle()
    return made


def sizes(cluster: Cluster, entries: int, dispatches: int) -> Iterator[int]:
    """How many entries each dispatch has; together exactly ``entries``."""
    people = Recipient._base_manager.filter(cluster=cluster).count()
    if entries > people * dispatches:
        raise ValueError(f"{dispatches} dispatches to {people} people hold fewer.")
    large = min(people, int(entries * IN_LARGE_ONES))
    often = max(1, int(entries * IN_LARGE_ONES) // large)
    rest, others = entries - large * often, dispatches - often
    # Spread over the year, the last dispatch among them.
    at = {dispatches - n * dispatches // often for n in range(often)}
    small = 0
    for number in range(1, dispatches + 1):
        if number in at:
            yield large
            continue
        small += 1
        yield rest * small // others - rest * (small - 1) // others


def _addressees(cluster: Cluster) -> None:
    """Everybody as they are now, once."""
    address = "COALESCE(c.value, '')"
    missing = (
        f"NOT EXISTS (SELECT 1 FROM {table(Addressee)} a WHERE a.recipient_id = p.id)"  # noqa: S608
    )
    said = f"p.name || '\x1f' || p.unit || '\x1f' || {address}"
    fill(
        Addressee,
        f"{table(Recipient)} p LEFT JOIN {table(ContactPoint)} c "
        "ON c.recipient_id = p.id AND c.channel = 'email' AND c.active "
        f"WHERE p.cluster_id = %(cluster)s AND {missing} ORDER BY p.id",
        {
            "cluster_id": "p.cluster_id",
            "recipient_id": "p.id",
            "channel": "'email'",
            "name": "p.name",
            "unit": "p.unit",
            "address": address,
            "fingerprint": "COALESCE(c.fingerprint, '')",
            "commitment": keyed(said),
        },
        {"cluster": cluster.pk},
    )


def _dispatch(cluster: Cluster, number: int, at: datetime, by: Any) -> Dispatch:
    title = f"{TITLES[number % len(TITLES)]} ({number})"
    event = KINDS[number % len(KINDS)]
    said = f"{title}. {'We tell you again when it is done. ' * 8}"
    announcement = Announcement.objects.create(
        cluster=cluster,
        event=event.name,
        subject=title,
        title=title,
        body=[{"type": "text", "value": f"<p>{said}</p>"}],
        audience={"everyone": True},
        status=AnnouncementStatus.RELEASED,
        created_by=by,
        last_edited_by=by,
        released_by=by,
        released_at=at,
        time_zone=cluster.time_zone,
    )
    content = Content.objects.create(
        cluster=cluster,
        hash=sha256(f"{cluster.pk} {title}".encode()).hexdigest(),
        channel="email",
        language="en",
        subject=title,
        html=f"<p>{said}</p>",
        text=said,
    )
    dispatch = Dispatch.objects.create(
        cluster=cluster,
        announcement=announcement,
        event=event.name,
        title=title,
        lane=event.lane,
        channels=["email"],
        audience={"everyone": True},
        status=DispatchStatus.DONE,
        created_by=by,
        started_at=at,
        fanned_out_at=at,
        finished_at=at + timedelta(minutes=20),
    )
    Dispatch._base_manager.filter(pk=dispatch.pk).update(created_at=at)
    DispatchContent.objects.create(
        cluster=cluster,
        dispatch=dispatch,
        content=content,
        channel="email",
        language="en",
    )
    return dispatch


def _entries(dispatch: Dispatch, number: int, size: int) -> None:
    """Entries of people who live next to each other, from somewhere on."""
    first = _batches(dispatch, size)
    content = dispatch.contents.get().content_id
    params = {
        "cluster": dispatch.cluster_id,
        "dispatch": dispatch.pk,
        "content": content,
        "sender": dispatch.cluster.sender_email,
        "at": stored(dispatch.started_at),
        "end": stored(dispatch.finished_at),
        "category": dispatch.event_definition.category.value,
        "from": _somebody(dispatch, number, size),
        "size": size,
        "first": first,
    }
    dispatch.written = fill(
        NotificationLog,
        "chosen ORDER BY recipient_id",
        _columns(),
        params,
        given=_chosen(),
    )
    Dispatch._base_manager.filter(pk=dispatch.pk).update(written=dispatch.written)
    assert dispatch.written == size, (dispatch.written, size)
    _tell(dispatch)


def _somebody(dispatch: Dispatch, number: int, size: int) -> int:
    """The key of the first of these people."""
    people = Recipient._base_manager.filter(cluster=dispatch.cluster_id)
    most = people.count() - max(size, 1)
    start = number * 7919 % (most + 1)
    return int(people.order_by("pk").values_list("pk", flat=True)[start])


def _batches(dispatch: Dispatch, size: int) -> int:
    """Batches that are done; the key of the first."""
    count = -(-size // BATCH)
    rows = Batch._base_manager.filter(dispatch=dispatch).order_by("pk")
    fill(
        Batch,
        "numbers ORDER BY n",
        {
            "cluster_id": "%(cluster)s",
            "dispatch_id": "%(dispatch)s",
            "lane": "%(lane)s",
            "channel": "'email'",
            "size": f"CASE WHEN n < {count} THEN {BATCH} "
            f"ELSE {size - (count - 1) * BATCH} END",
            "due_at": "%(at)s",
            "done_at": later("%(at)s", "n"),
            "leases": "1",
        },
        {
            "cluster": dispatch.cluster_id,
            "dispatch": dispatch.pk,
            "lane": dispatch.lane,
            "at": stored(dispatch.started_at),
        },
        given=numbers(count),
    )
    keys = list(rows.values_list("pk", flat=True))
    # Entries find their batch by counting on from the first.
    assert not keys or keys[-1] - keys[0] == len(keys) - 1
    return int(keys[0]) if keys else 0


def _chosen() -> str:
    """A WITH clause: the people of a dispatch, and what becomes of each."""
    chance = draw("a.recipient_id * 31 + %(dispatch)s", 40, 10_000)
    again = draw("a.recipient_id * 31 + %(dispatch)s", 41, 100)
    return f"""
    refused AS (
        SELECT DISTINCT o.recipient_id FROM {table(OptOut)} o
        WHERE o.cluster_id = %(cluster)s AND o.channel IN ('', 'email')
        AND o.category IN ('', %(category)s) AND o.created_at < %(end)s
        AND (o.lifted_at IS NULL OR o.lifted_at > %(at)s)
        AND (o.expires_at IS NULL OR o.expires_at > %(at)s)
    ),
    people AS (
        SELECT a.id AS addressee_id, a.recipient_id, a.commitment,
            row_number() OVER (ORDER BY a.recipient_id) - 1 AS n,
            CASE WHEN a.address = '' THEN '{SkipReason.NO_ADDRESS}'
                WHEN s.id IS NOT NULL THEN '{SkipReason.SUPPRESSED}'
                WHEN r.recipient_id IS NOT NULL THEN '{SkipReason.OPTED_OUT}'
                ELSE '' END AS reason,
            {chance} AS chance, {again} AS again
        FROM (
            SELECT * FROM {table(Addressee)}
            WHERE recipient_id >= %(from)s AND cluster_id = %(cluster)s
            ORDER BY recipient_id LIMIT %(size)s
        ) a
        LEFT JOIN {table(Suppression)} s ON s.cluster_id = %(cluster)s
            AND s.channel = 'email' AND s.fingerprint = a.fingerprint
        LEFT JOIN refused r ON r.recipient_id = a.recipient_id
    ),
    chosen AS (
        SELECT people.*, n / {BATCH} AS batch,
            CASE WHEN reason <> '' THEN '{EntryStatus.SKIPPED}'
                WHEN chance < 7300 THEN '{EntryStatus.DELIVERED}'
                WHEN chance < 9550 THEN '{EntryStatus.SENT}'
                WHEN chance < 9800 THEN '{EntryStatus.FAILED}'
                WHEN chance < 9995 THEN '{EntryStatus.BOUNCED}'
                ELSE '{EntryStatus.UNKNOWN}' END AS status
        FROM people
    )
    """  # noqa: S608


def _columns() -> dict[str, str]:
    tried = f"status <> '{EntryStatus.SKIPPED}'"
    left = (
        f"status IN ('{EntryStatus.SENT}', '{EntryStatus.DELIVERED}', "
        f"'{EntryStatus.BOUNCED}')"
    )

    def when(condition: str, seconds: str) -> str:
        return f"CASE WHEN {condition} THEN {later('%(at)s', seconds)} END"

    return {
        "cluster_id": "%(cluster)s",
        "dispatch_id": "%(dispatch)s",
        "recipient_id": "recipient_id",
        "channel": "'email'",
        "addressee_id": "addressee_id",
        "content_id": "%(content)s",
        "batch_id": "%(first)s + batch",
        "status": "status",
        "reason": "reason",
        "detail": f"CASE WHEN status = '{EntryStatus.FAILED}' THEN "
        "CASE chance %% 3 WHEN 0 THEN '550 no such user' "
        "WHEN 1 THEN '552 mailbox full' ELSE '554 refused by policy' END "
        f"WHEN status = '{EntryStatus.BOUNCED}' THEN '550 no such user' "
        f"WHEN status = '{EntryStatus.UNKNOWN}' THEN 'the connection broke' "
        "ELSE '' END",
        "attempts": f"CASE WHEN NOT {tried} THEN 0 "
        f"WHEN {left} AND again < 2 THEN 2 ELSE 1 END",
        "token": f"CASE WHEN {tried} THEN 't' ELSE '' END",
        "sender": f"CASE WHEN {tried} THEN %(sender)s ELSE '' END",
        "provider": f"CASE WHEN {tried} THEN 'smtp' ELSE '' END",
        "provider_id": f"CASE WHEN {left} THEN '<' || CAST(%(dispatch)s AS text) "
        "|| '.' || CAST(recipient_id AS text) || '@mail.example.org>' ELSE '' END",
        "commitment": "commitment",
        "planned_at": "%(at)s",
        "sending_at": when(tried, "batch"),
        "sent_at": when(left, "batch + 1"),
        "settled_at": later("%(at)s", "batch + 2"),
        "delivered_at": when(f"status = '{EntryStatus.DELIVERED}'", "batch + 2"),
        "bounced_at": when(f"status = '{EntryStatus.BOUNCED}'", "batch + 2"),
        "opened_at": when(
            f"status = '{EntryStatus.DELIVERED}' AND again > 55", "batch + 600"
        ),
    }


def _tell(dispatch: Dispatch) -> None:
    """The history of every entry, step by step."""
    entries = NotificationLog._base_manager.filter(dispatch=dispatch)
    left = entries.filter(sent_at__isnull=False)
    _steps(
        left.filter(attempts=2),
        status=EntryStatus.RETRYING,
        attempts=1,
        history_date=F("sending_at"),
    )
    _steps(
        left.exclude(status=EntryStatus.SENT),
        status=EntryStatus.SENT,
        history_date=F("sent_at"),
    )
    _steps(entries, history_date=F("settled_at"))


def _steps(rows: Any, **differing: Any) -> None:
    history = NotificationLog.history.model
    values: dict[str, Any] = {
        field.attname: F(field.attname) for field in history.tracked_fields
    }
    values |= {
        "history_type": "~",
        "history_change_reason": "",
        "actor_kind": str(WORKER.kind),
        "actor_label": WORKER.label,
    }
    insert_select(history, rows.order_by("pk"), values | differing)
