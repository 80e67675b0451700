"""Times as people say them, in the time zone of the cluster."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def day(moment: datetime, time_zone: str) -> str:
    """ "today", "on Tuesday", "on 3 May"; with the year when it is another."""
    zone = ZoneInfo(time_zone)
    date, today = moment.astimezone(zone).date(), timezone.now().astimezone(zone).date()
    ago = (today - date).days
    if ago in (-1, 0, 1):
        return {-1: _("tomorrow"), 0: _("today"), 1: _("yesterday")}[ago]
    if 1 < ago < 7:
        return _("on %(day)s") % {"day": date_format(date, "l")}
    form = "j F" if date.year == today.year else "j F Y"
    return _("on %(day)s") % {"day": date_format(date, form)}


def moment_words(moment: datetime, time_zone: str) -> str:
    """ "on Tuesday at 10:42"."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return _("%(day)s at %(time)s") % {
        "day": day(moment, time_zone),
        "time": date_format(local, "H:i"),
    }
