"""What became of an entry, in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.lifecycle import DispatchStatus, EntryStatus, SkipReason
from notifications.models import NotificationLog, OptOutSource

from .facts import Facts, refused_words


def sentence(entry: NotificationLog) -> str:
    """ "Delivered to Anna’s email on Tuesday at 10:42"; in the cluster's time zone."""
    return SENTENCES[EntryStatus(entry.status)](Facts(entry))


def _planned(facts: Facts) -> str:
    entry = facts.entry
    if entry.dispatch.status == DispatchStatus.PAUSED:
        return _("Waiting for %(place)s: the message is paused.") % {
            "place": facts.place
        }
    return _("Waiting to be sent to %(place)s, planned %(when)s.") % {
        "place": facts.place,
        "when": facts.when(entry.planned_at),
    }


def _deferred(facts: Facts) -> str:
    return _("Put off: it goes to %(place)s later.") % {"place": facts.place}


def _sending(facts: Facts) -> str:
    return _("On its way to %(place)s, begun %(when)s.") % {
        "place": facts.place,
        "when": facts.when(facts.entry.sending_at),
    }


def _retrying(facts: Facts) -> str:
    tries = ngettext(
        "Not sent yet: %(count)d try to reach %(place)s did not work; "
        "Tocsin tries again.",
        "Not sent yet: %(count)d tries to reach %(place)s did not work; "
        "Tocsin tries again.",
        facts.entry.attempts,
    )
    return tries % {"count": facts.entry.attempts, "place": facts.place}


def _unknown(facts: Facts) -> str:
    return _(
        "Nobody can know whether it reached %(place)s: "
        "the answer was lost while it was sent %(when)s."
    ) % {"place": facts.place, "when": facts.when(facts.entry.sending_at)}


def _sent(facts: Facts) -> str:
    entry = facts.entry
    said = _("Sent to %(place)s %(when)s") % {
        "place": facts.place,
        "when": facts.when(entry.sent_at or entry.settled_at or entry.sending_at),
    }
    return f"{said}{_opened(facts)}."


def _delivered(facts: Facts) -> str:
    entry = facts.entry
    said = _("Delivered to %(place)s %(when)s") % {
        "place": facts.place,
        "when": facts.when(entry.delivered_at or entry.settled_at or entry.sending_at),
    }
    return f"{said}{_opened(facts)}."


def _opened(facts: Facts) -> str:
    opened = facts.entry.opened_at
    if opened is None:
        return ""
    return _(", opened %(when)s") % {"when": facts.when(opened)}


def _bounced(facts: Facts) -> str:
    entry = facts.entry
    return _("Came back from %(place)s %(when)s: it was not taken there.") % {
        "place": facts.place,
        "when": facts.when(entry.bounced_at or entry.settled_at),
    }


def _failed(facts: Facts) -> str:
    entry = facts.entry
    when = facts.when(entry.settled_at or entry.sending_at)
    if not entry.attempts:
        return _("Not sent to %(place)s: it failed %(when)s.") % {
            "place": facts.place,
            "when": when,
        }
    tries = ngettext(
        "Not sent to %(place)s: it failed %(when)s, after %(count)d try.",
        "Not sent to %(place)s: it failed %(when)s, after %(count)d tries.",
        entry.attempts,
    )
    return tries % {"place": facts.place, "when": when, "count": entry.attempts}


def _skipped(facts: Facts) -> str:
    reason = SkipReason(facts.entry.reason)
    return _("Not sent: %(why)s.") % {"why": SKIPPED[reason](facts)}


def _opted_out(facts: Facts) -> str:
    opt_out = facts.refusal
    if opt_out is None:
        return _("%(name)s had opted out") % {"name": facts.name}
    who = facts.name
    if opt_out.recipient_id != facts.entry.recipient_id:
        who = _("somebody at %(name)s’s address") % {"name": facts.name}
    return _("%(who)s opted out of %(what)s %(day)s, %(how)s") % {
        "who": who,
        "what": refused_words(opt_out),
        "day": facts.day(opt_out.created_at),
        "how": HOW[OptOutSource(opt_out.source)](),
    }


HOW: dict[OptOutSource, Callable[[], str]] = {
    OptOutSource.STAFF: lambda: _("as staff put on record"),
    OptOutSource.LINK: lambda: _("by the link in a message"),
    OptOutSource.ONE_CLICK: lambda: _("by their mail program"),
    OptOutSource.IMPORT: lambda: _("as an imported file said"),
    OptOutSource.CARRIER: lambda: _("by STOP to the carrier"),
}


def _no_address(facts: Facts) -> str:
    words = {"name": facts.name, "address": facts.address}
    return _("%(name)s did not have %(address)s") % words


def _suppressed(facts: Facts) -> str:
    if facts.suppression is None:
        return _("the address of %(name)s must not be used") % {"name": facts.name}
    why = facts.suppression.get_reason_display()
    return _("the address of %(name)s must not be used (%(why)s)") % {
        "name": facts.name,
        "why": why[0].lower() + why[1:],
    }


def _not_wanted(facts: Facts) -> str:
    return _("%(name)s does not want such messages on this channel") % {
        "name": facts.name
    }


def _duplicate(facts: Facts) -> str:
    return _("somebody else at %(name)s’s address got the very same words") % {
        "name": facts.name
    }


def _left(facts: Facts) -> str:
    return _("%(name)s had left %(cluster)s") % {
        "name": facts.name,
        "cluster": facts.entry.cluster,
    }


def _answered(facts: Facts) -> str:
    return _("%(name)s had answered by then") % {"name": facts.name}


SKIPPED: dict[SkipReason, Callable[[Facts], str]] = {
    SkipReason.OPTED_OUT: _opted_out,
    SkipReason.NO_ADDRESS: _no_address,
    SkipReason.SUPPRESSED: _suppressed,
    SkipReason.NOT_WANTED: _not_wanted,
    SkipReason.DUPLICATE: _duplicate,
    SkipReason.LEFT: _left,
    SkipReason.ANSWERED: _answered,
}


def _bundled(facts: Facts) -> str:
    return _("Sent to %(place)s together with other news, %(when)s.") % {
        "place": facts.place,
        "when": facts.when(facts.entry.settled_at),
    }


def _cancelled(facts: Facts) -> str:
    return _("Not sent to %(place)s: the message was cancelled %(when)s.") % {
        "place": facts.place,
        "when": facts.when(facts.entry.settled_at),
    }


def _expired(facts: Facts) -> str:
    limit = facts.entry.dispatch.not_after
    if limit is None:
        return _("Not sent to %(place)s: it was too late.") % {"place": facts.place}
    return _(
        "Not sent to %(place)s: it was not to go out any more after the time set, "
        "%(when)s."
    ) % {"place": facts.place, "when": facts.when(limit)}


SENTENCES: dict[EntryStatus, Callable[[Facts], str]] = {
    EntryStatus.PLANNED: _planned,
    EntryStatus.DEFERRED: _deferred,
    EntryStatus.SENDING: _sending,
    EntryStatus.RETRYING: _retrying,
    EntryStatus.UNKNOWN: _unknown,
    EntryStatus.SENT: _sent,
    EntryStatus.DELIVERED: _delivered,
    EntryStatus.BOUNCED: _bounced,
    EntryStatus.FAILED: _failed,
    EntryStatus.SKIPPED: _skipped,
    EntryStatus.BUNDLED: _bundled,
    EntryStatus.CANCELLED: _cancelled,
    EntryStatus.EXPIRED: _expired,
}
