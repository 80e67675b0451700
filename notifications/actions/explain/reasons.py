"""Some plain sentences about an entry: why, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from notifications.audience import Criteria, InvalidCriteria, describe
from notifications.exporting import words
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import NotificationLog

from .facts import Facts


def why(entry: NotificationLog) -> list[str]:
    """Why this person was meant, what happened, and the way out."""
    facts = Facts(entry)
    said = [_meant(facts), *_channel(facts)]
    if entry.status == EntryStatus.SKIPPED:
        said += SKIPPED[SkipReason(entry.reason)](facts)
    elif tell := OTHERS.get(EntryStatus(entry.status)):
        said += tell(facts)
    return said


def _meant(facts: Facts) -> str:
    dispatch = facts.entry.dispatch
    if dispatch.is_test:
        return _("This was a test that somebody of the staff sent to themselves.")
    try:
        criteria = Criteria.from_json(dispatch.audience)
    except InvalidCriteria:
        return _("%(name)s was in the audience.") % {"name": facts.name}
    audience = "; ".join(describe(facts.entry.cluster, criteria))
    return _("%(name)s was in the audience: %(audience)s.") % {
        "name": facts.name,
        "audience": audience,
    }


def _channel(facts: Facts) -> list[str]:
    address = facts.entry.addressee.address
    if not address:
        return []
    return [
        _("%(channel)s is a channel of this message, and %(address)s was the address.")
        % {"channel": facts.entry.get_channel_display(), "address": address}
    ]


def _opted_out(facts: Facts) -> list[str]:
    said = [_("Somebody’s own wish counts for every message but emergencies.")]
    opt_out = facts.refusal
    if opt_out is not None and opt_out.reason:
        said.append(_("The reason given: %(reason)s") % {"reason": opt_out.reason})
    if opt_out is not None and opt_out.lifted_at is not None:
        said.append(_("The opt-out has been lifted since: the next message goes out."))
    else:
        said.append(
            _(
                "If %(name)s asks for such messages again, a manager lifts the "
                "opt-out, with the reason. What was skipped stays skipped."
            )
            % {"name": facts.name}
        )
    return said


def _no_address(facts: Facts) -> list[str]:
    return [
        _("Put %(address)s on the person’s page: the next message will use it.")
        % {"address": facts.address}
    ]


def _suppressed(facts: Facts) -> list[str]:
    return [
        _("Such an address is not used for anything, emergencies included."),
        _("Ask %(name)s for another address and put it on their page.")
        % {"name": facts.name},
    ]


def _not_wanted(facts: Facts) -> list[str]:
    return [_("%(name)s can change this in their preferences.") % {"name": facts.name}]


def _duplicate(facts: Facts) -> list[str]:
    return [
        _("People who share an address get the same words once, emergencies excepted."),
        _("Give each of them an address of their own to write to both."),
    ]


def _left(facts: Facts) -> list[str]:
    return [_("If they are back, bring them back on the person’s page.")]


def _answered(facts: Facts) -> list[str]:
    return [_("Who has answered is not told again that no answer came.")]


SKIPPED: dict[SkipReason, Callable[[Facts], list[str]]] = {
    SkipReason.OPTED_OUT: _opted_out,
    SkipReason.NO_ADDRESS: _no_address,
    SkipReason.SUPPRESSED: _suppressed,
    SkipReason.NOT_WANTED: _not_wanted,
    SkipReason.DUPLICATE: _duplicate,
    SkipReason.LEFT: _left,
    SkipReason.ANSWERED: _answered,
}


def _detail(facts: Facts) -> list[str]:
    detail = words.detail_words(facts.entry.detail).strip().rstrip(".")
    return [_("What was said: %(detail)s.") % {"detail": detail}] if detail else []


def _retrying(facts: Facts) -> list[str]:
    return [*_detail(facts), _("Nothing to do: Tocsin tries again by itself.")]


def _unknown(facts: Facts) -> list[str]:
    return [
        *_detail(facts),
        _(
            "Sending it again might make a double, leaving it might be a miss: "
            "choose “Send again” or “Close” on the page of the message."
        ),
    ]


def _bounced(facts: Facts) -> list[str]:
    return [
        *_detail(facts),
        _("Ask %(name)s whether the address is right, and correct it on their page.")
        % {"name": facts.name},
    ]


def _failed(facts: Facts) -> list[str]:
    return [
        *_detail(facts),
        _(
            "When the cause is gone, choose “Try only the failed again” on the page "
            "of the message: it goes only to those who did not get it."
        ),
    ]


def _cancelled(facts: Facts) -> list[str]:
    return [*_detail(facts), _("Nothing goes out after a message was cancelled.")]


def _expired(facts: Facts) -> list[str]:
    return [_("If it still matters, send it again as a new message.")]


OTHERS: dict[EntryStatus, Callable[[Facts], list[str]]] = {
    EntryStatus.RETRYING: _retrying,
    EntryStatus.UNKNOWN: _unknown,
    EntryStatus.BOUNCED: _bounced,
    EntryStatus.FAILED: _failed,
    EntryStatus.CANCELLED: _cancelled,
    EntryStatus.EXPIRED: _expired,
}
