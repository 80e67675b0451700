"""What a restored database has to forget before anything may be sent again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.lifecycle import (
    ANNOUNCEMENT_MOVES,
    DISPATCH_MOVES,
    AnnouncementStatus,
    DispatchStatus,
    EntryStatus,
    sources_of,
)
from notifications.models import (
    AdminMail,
    Announcement,
    Batch,
    Dispatch,
    Incident,
    Installation,
    NotificationLog,
    WorkerBeat,
)
from notifications.models.moves import move
from notifications.models.setwise import record_history

#: Entries that may have been written after the backup was made: their keys stand in
#: links and at providers, and must never come to mean somebody else.
GAP = 100_000_000


@dataclass(frozen=True, slots=True)
class Epoch:
    """What was stopped when it began."""

    number: int
    paused: int
    unknown: int
    held: int


def reason_for(made_at: datetime) -> str:
    """Why a dispatch is paused, for whoever has to decide about it."""
    return (
        f"Restored from the backup of {made_at:%d %b %Y, %H:%M} UTC. What went out "
        "after that is not known here: those who wait may have it already."
    )


def pausing_sql(made_at: datetime) -> str:
    """Pauses all that is under way, in the transaction that puts the rows back.

    The history of it is written afterwards; whatever happens until then, no worker
    finds anything to send.
    """
    moving = sources_of(DISPATCH_MOVES, DispatchStatus.PAUSED)
    listed = ", ".join(f"'{status}'" for status in sorted(moving))
    # Constants of ours: no word of anybody is in it.
    return (
        f"UPDATE {Dispatch._meta.db_table} "  # noqa: S608
        f"SET status = '{DispatchStatus.PAUSED}', version = version + 1, "
        f"paused_reason = '{reason_for(made_at)}' WHERE status IN ({listed});"
    )


def begin(made_at: datetime, known_epoch: int) -> Epoch:
    """Begin a new epoch: all on its way is unknown, all that was late is held."""
    now = timezone.now()
    reason = reason_for(made_at)
    with scope.every_cluster(), transaction.atomic():
        number = max(int(now.timestamp()), known_epoch + 1)
        Installation.current()
        Installation._default_manager.update(
            epoch=number, restored_at=now, backup_of=made_at
        )
        _leave_a_gap()
        WorkerBeat.objects.all().delete()
        Incident._base_manager.filter(closed_at=None).update(closed_at=now)
        # Nobody knows whether they were told. What is not reviewed is asked for again.
        AdminMail.objects.filter(told_at=None).delete()
        unknown = _unknown(now)
        paused = Dispatch.objects.filter(
            status=DispatchStatus.PAUSED, paused_reason=reason
        )
        record_history(paused, reason=reason)
        return Epoch(number, paused.count(), unknown, _hold(now))


def _unknown(now: datetime) -> int:
    """Nobody can know what became of what was with a provider at that moment."""
    why = _("On its way when the backup was made")
    sending = NotificationLog.objects.filter(status=EntryStatus.SENDING)
    count = sending.order_by().update(
        status=EntryStatus.UNKNOWN, reason="", detail=why, settled_at=now
    )
    settled = NotificationLog.objects.filter(
        status=EntryStatus.UNKNOWN, settled_at=now, detail=why
    )
    record_history(settled, reason=why)
    Batch.objects.filter(done_at=None).update(token="", leased_by="", leased_until=None)
    return count


def _hold(now: datetime) -> int:
    """What became due since then waits for somebody to decide, however little late."""
    reason = _("Its time came before the backup was restored. See whether it went out.")
    due = Announcement.objects.filter(
        status=AnnouncementStatus.SCHEDULED, send_at__lte=now
    )
    held = AnnouncementStatus.HELD
    found = list(due)
    for announcement in found:
        move(announcement, ANNOUNCEMENT_MOVES, held, reason=reason, held_reason=reason)
    return len(found)


def _leave_a_gap() -> None:
    table = NotificationLog._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            (sequence,) = cursor.fetchone()
            cursor.execute(
                "SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, GAP]
            )
            return
        cursor.execute("SELECT 1 FROM sqlite_sequence WHERE name = %s", [table])
        if cursor.fetchone():
            sql = "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s"
        else:
            sql = "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)"
        cursor.execute(sql, [GAP, table])
