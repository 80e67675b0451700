"""What stands in a row, in words: for a file, a list and a page alike."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.events import REGISTRY
from notifications.lifecycle import EntryReason, EntryStatus, SkipReason
from notifications.models import Addressee, NotificationLog, OptOut


def moment(when: datetime | None) -> str:
    """A moment in the time zone in force, with its offset; "" for none."""
    if when is None:
        return ""
    return timezone.localtime(when).isoformat(timespec="seconds")


def clock(when: datetime) -> str:
    """A moment as people say it, in the time zone in force: to the second."""
    return date_format(timezone.localtime(when), "j M Y, H:i:s")


def duration(given: timedelta | None) -> str:
    """ "1 min 20 s"; a dash for what has not come."""
    if given is None:
        return "–"
    seconds = max(round(given.total_seconds()), 0)
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
    if minutes:
        return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest}
    return _("%(s)d s") % {"s": rest}


def yes(value: object) -> str:
    """Yes, or nothing."""
    return _("Yes") if value else ""


def event_words(name: str) -> str:
    """The label of an event; its bare name when the event is gone."""
    event = REGISTRY.get(name)
    return str(event.label) if event else name


def status_words(status: str) -> str:
    """The label of an entry's status."""
    return str(EntryStatus(status).label)


def name_of(addressee: Addressee) -> str:
    """The name as it was; a sentence where it has been erased."""
    return addressee.name or _("Erased person")


def reason_words(reason: str) -> str:
    """A reason of ours in words; any other as it was written."""
    for known in (SkipReason, EntryReason):
        if reason in known.values:
            return str(known(reason).label)
    return reason


#: How the worker writes down what was wrong with a value, without the value.
UNFILLED = re.compile(r"(MissingValue|UnsafeHeader|UnsafeLink|FillError): (\w+)")


def detail_words(detail: str) -> str:
    """What a provider or a worker said, for people."""
    unfilled = UNFILLED.fullmatch(detail)
    if unfilled is None:
        return detail
    sentence = (
        _("There was no value for “%(name)s”")
        if unfilled[1] == "MissingValue"
        else _("The value of “%(name)s” could not be used")
    )
    return sentence % {"name": unfilled[2]}


def why(entry: NotificationLog) -> str:
    """Reason and detail in one line."""
    return why_of(entry.reason, entry.detail)


def why_of(reason: str, detail: str) -> str:
    """The same for the bare values."""
    words = [reason_words(reason), detail_words(detail)]
    return ": ".join(word for word in words if word)


def refusal_words(opt_out: OptOut) -> str:
    """What somebody does not want: "Newsletter by email"."""
    what = opt_out.get_category_display() if opt_out.category else _("Everything")
    if not opt_out.channel:
        return what
    how = str(opt_out.get_channel_display())
    how = how if how.isupper() else how.lower()
    return _("%(what)s by %(how)s") % {"what": what, "how": how}
