"""Every lifecycle is one table of allowed moves; there is one guard for all."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .errors import MoveRefused


class AnnouncementStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    RELEASED = "released", _("Released")
    CANCELLED = "cancelled", _("Cancelled")


class BroadcastStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    LIVE = "live", _("Live")
    STOPPED = "stopped", _("Stopped")
    ENDED = "ended", _("Ended")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


class DrillPlanStatus(TextChoices):
    ACTIVE = "active", _("Comes round")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")


class DispatchStatus(TextChoices):
    PREPARING = "preparing", _("Preparing")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class EntryStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    DEFERRED = "deferred", _("Deferred")
    SENDING = "sending", _("Sending")
    RETRYING = "retrying", _("Trying again")
    UNKNOWN = "unknown", _("Unknown")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    BUNDLED = "bundled", _("Bundled")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class SkipReason(TextChoices):
    """Why somebody who was in the audience gets nothing."""

    OPTED_OUT = "opted_out", _("Opted out")
    NO_ADDRESS = "no_address", _("No address")
    SUPPRESSED = "suppressed", _("Address must not be used")
    NOT_WANTED = "not_wanted", _("Not wanted on this channel")
    DUPLICATE = "duplicate", _("Same address, same words")
    LEFT = "left", _("Left the cluster")
    ANSWERED = "answered", _("Has answered")


class EntryReason(TextChoices):
    """What else an entry has to remember about how it came to its status."""

    #: Failed only because staff said so: it may have arrived.
    CLOSED = "closed", _("Closed by staff, it may have arrived")
    #: Goes again although nobody knows whether an earlier attempt arrived.
    DOUBT = "doubt", _("An earlier attempt may have arrived")


#: Nothing more will happen by itself.
SETTLED = frozenset(
    {
        EntryStatus.SENT,
        EntryStatus.DELIVERED,
        EntryStatus.BOUNCED,
        EntryStatus.FAILED,
        EntryStatus.SKIPPED,
        EntryStatus.BUNDLED,
        EntryStatus.CANCELLED,
        EntryStatus.EXPIRED,
        EntryStatus.UNKNOWN,
    }
)
#: Waiting for a worker: what a cancel, an expiry or an opt-out takes away.
WAITING = frozenset({EntryStatus.PLANNED, EntryStatus.DEFERRED, EntryStatus.RETRYING})
#: What a marking worker may take.
DELIVERABLE = frozenset({EntryStatus.PLANNED, EntryStatus.RETRYING})
#: The message left the house.
REACHED = frozenset({EntryStatus.SENT, EntryStatus.DELIVERED})

_A, _D, _E = AnnouncementStatus, DispatchStatus, EntryStatus

Moves = Mapping[str, frozenset[str]]

ANNOUNCEMENT_MOVES: Moves = {
    _A.DRAFT: frozenset({_A.SUBMITTED, _A.SCHEDULED, _A.RELEASED, _A.CANCELLED}),
    _A.SUBMITTED: frozenset({_A.APPROVED, _A.DRAFT, _A.CANCELLED}),
    _A.APPROVED: frozenset({_A.SCHEDULED, _A.RELEASED, _A.DRAFT, _A.CANCELLED}),
    _A.SCHEDULED: frozenset({_A.RELEASED, _A.HELD, _A.DRAFT, _A.CANCELLED}),
    _A.HELD: frozenset({_A.RELEASED, _A.CANCELLED}),
    _A.RELEASED: frozenset(),
    _A.CANCELLED: frozenset(),
}

_B = BroadcastStatus

#: Nothing that was live is a draft again: what was said is only ended by saying more.
BROADCAST_MOVES: Moves = {
    _B.DRAFT: frozenset({_B.SUBMITTED, _B.LIVE, _B.CANCELLED}),
    _B.SUBMITTED: frozenset({_B.LIVE, _B.DRAFT, _B.REJECTED, _B.CANCELLED}),
    _B.LIVE: frozenset({_B.STOPPED, _B.ENDED}),
    _B.STOPPED: frozenset({_B.ENDED}),
    _B.ENDED: frozenset(),
    _B.REJECTED: frozenset(),
    _B.CANCELLED: frozenset(),
}

_P = DrillPlanStatus

DRILL_PLAN_MOVES: Moves = {
    _P.ACTIVE: frozenset({_P.PAUSED, _P.STOPPED}),
    _P.PAUSED: frozenset({_P.ACTIVE, _P.STOPPED}),
    _P.STOPPED: frozenset(),
}

DISPATCH_MOVES: Moves = {
    _D.PREPARING: frozenset({_D.SENDING, _D.PAUSED, _D.CANCELLED, _D.EXPIRED}),
    _D.SENDING: frozenset({_D.PAUSED, _D.DONE, _D.CANCELLED, _D.EXPIRED}),
    _D.PAUSED: frozenset({_D.SENDING, _D.PREPARING, _D.CANCELLED, _D.EXPIRED}),
    # Sending an unknown one again opens a finished dispatch.
    _D.DONE: frozenset({_D.SENDING}),
    _D.CANCELLED: frozenset(),
    _D.EXPIRED: frozenset(),
}

ENTRY_MOVES: Moves = {
    _E.PLANNED: frozenset(
        {_E.SENDING, _E.SKIPPED, _E.DEFERRED, _E.CANCELLED, _E.EXPIRED, _E.FAILED}
    ),
    _E.DEFERRED: frozenset(
        {_E.PLANNED, _E.BUNDLED, _E.SKIPPED, _E.CANCELLED, _E.EXPIRED}
    ),
    _E.SENDING: frozenset({_E.SENT, _E.RETRYING, _E.FAILED, _E.UNKNOWN}),
    _E.RETRYING: frozenset(
        {_E.SENDING, _E.SKIPPED, _E.CANCELLED, _E.EXPIRED, _E.FAILED, _E.UNKNOWN}
    ),
    _E.UNKNOWN: frozenset({_E.SENDING, _E.SENT, _E.DELIVERED, _E.FAILED, _E.RETRYING}),
    _E.SENT: frozenset({_E.DELIVERED, _E.BOUNCED}),
    _E.DELIVERED: frozenset({_E.BOUNCED}),
    _E.FAILED: frozenset(),
    _E.BOUNCED: frozenset(),
    _E.SKIPPED: frozenset(),
    _E.BUNDLED: frozenset(),
    _E.CANCELLED: frozenset(),
    _E.EXPIRED: frozenset(),
}


class ImportStatus(TextChoices):
    """What has become of an uploaded file of people."""

    UPLOADED = "uploaded", _("Uploaded")
    MAPPED = "mapped", _("Columns matched")
    REHEARSING = "rehearsing", _("Rehearsing")
    REHEARSED = "rehearsed", _("Rehearsed")
    COMMITTING = "committing", _("Importing")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


_I = ImportStatus

#: Options and columns may be changed until people are being written.
IMPORT_MOVES: Moves = {
    _I.UPLOADED: frozenset({_I.UPLOADED, _I.MAPPED, _I.CANCELLED}),
    _I.MAPPED: frozenset({_I.UPLOADED, _I.MAPPED, _I.REHEARSING, _I.CANCELLED}),
    _I.REHEARSING: frozenset({_I.REHEARSED, _I.FAILED, _I.CANCELLED}),
    _I.REHEARSED: frozenset(
        {_I.UPLOADED, _I.MAPPED, _I.REHEARSING, _I.COMMITTING, _I.CANCELLED}
    ),
    _I.COMMITTING: frozenset({_I.DONE, _I.FAILED}),
    _I.FAILED: frozenset({_I.UPLOADED, _I.MAPPED, _I.REHEARSING, _I.CANCELLED}),
    _I.DONE: frozenset(),
    _I.CANCELLED: frozenset(),
}


class JobStatus(TextChoices):
    """How far an export has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


def allowed(moves: Moves, old: str, new: str) -> bool:
    """Whether the table lets ``old`` become ``new``."""
    return new in moves[old]


def sources_of(moves: Moves, new: str) -> list[str]:
    """The statuses from which ``new`` may be reached: for conditional UPDATEs."""
    return [old for old, targets in moves.items() if new in targets]


def guard(moves: Moves, old: str, new: str) -> None:
    """Raise MoveRefused unless the table lets ``old`` become ``new``."""
    if not allowed(moves, old, new):
        raise MoveRefused(
            _(
                "This is “%(old)s” and cannot become “%(new)s”. "
                "Somebody may have been faster: reload the page to see how it stands."
            )
            % {"old": old, "new": new}
        )
