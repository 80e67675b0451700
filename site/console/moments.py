"""Times as people say them, in the time zone that is in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def exact(moment: datetime) -> str:
    """ "Tuesday 3 November 2026, 10:42 (Europe/London)"."""
    local = timezone.localtime(moment)
    zone = timezone.get_current_timezone_name()
    return f"{date_format(local, 'l j F Y, H:i')} ({zone})"


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How far away, and the time of day: "in 4 minutes, at 10:42"."""
    now = timezone.localtime(now or timezone.now())
    local = timezone.localtime(moment)
    at = date_format(local, "H:i")
    away = abs(local - now)
    if away < MINUTE:
        return _("just now") if local <= now else _("in a moment")
    if away < HOUR:
        minutes = away // MINUTE
        return _near(local > now, minutes, "minute", at)
    if away < 12 * HOUR and local.date() == now.date():
        return _near(local > now, away // HOUR, "hour", at)
    return f"{_day(local.date(), now.date())} {_('at')} {at}"


def _near(ahead: bool, number: int, unit: str, at: str) -> str:
    if unit == "minute":
        span = ngettext("%(n)d minute", "%(n)d minutes", number) % {"n": number}
    else:
        span = ngettext("%(n)d hour", "%(n)d hours", number) % {"n": number}
    words = _("in %(span)s, at %(at)s") if ahead else _("%(span)s ago, at %(at)s")
    return words % {"span": span, "at": at}


def _day(day: date, today: date) -> str:
    days = (day - today).days
    if days in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    if 1 < abs(days) < 7:
        return date_format(day, "l")
    return date_format(day, "j F" if day.year == today.year else "j F Y")


def span(seconds: float) -> str:
    """How long something takes: "42 seconds", "7 minutes" or "3 hours"."""
    if seconds < 60:
        n = int(seconds)
        return ngettext("%(n)d second", "%(n)d seconds", n) % {"n": n}
    if seconds < 90 * 60:
        n = round(seconds / 60)
        return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    n = round(seconds / 3600)
    return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
