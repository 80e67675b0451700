"""Dates, times and money as a person in this language and place reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

import babel
from babel import dates, numbers
from django.utils.translation import gettext as _

from .problems import BadPattern, BadValue

STYLES = ("short", "medium", "long", "full")
# Liquid's own habit is strftime; babel's letters know the language.
STRFTIME = {
    "%d": "dd",
    "%-d": "d",
    "%e": "d",
    "%m": "MM",
    "%-m": "M",
    "%B": "MMMM",
    "%b": "MMM",
    "%Y": "yyyy",
    "%y": "yy",
    "%A": "EEEE",
    "%a": "EEE",
    "%H": "HH",
    "%-H": "H",
    "%I": "hh",
    "%-I": "h",
    "%l": "h",
    "%M": "mm",
    "%S": "ss",
    "%p": "a",
    "%P": "a",
    "%Z": "zzz",
    "%%": "'%'",
}


@dataclass(frozen=True)
class Locale:
    """How values are written: language (`en-gb`), time zone, currency (`GBP`)."""

    language: str = "en-gb"
    time_zone: str = "UTC"
    currency: str = "GBP"


def show(value: object, locale: Locale) -> str:
    """A value as text, when the template asks for nothing in particular."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{show_date(value, locale)}, {show_time(value, locale)}"
    if isinstance(value, date):
        return show_date(value, locale)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "".join(show(item, locale) for item in value)
    return str(value)


def show_date(value: object, locale: Locale, style: object = "long") -> str:
    """`style` is short, medium, long, full, or a pattern such as `%d %B`."""
    when = _local(value, locale)
    if style in STYLES:
        day = when.date()
        return dates.format_date(day, str(style), locale=_babel(locale.language))
    return _patterned(when, str(style), locale)


def show_time(value: object, locale: Locale, style: object = "short") -> str:
    """The time of day on the wall of `locale.time_zone`, 09:30 for example."""
    if isinstance(value, date) and not isinstance(value, datetime):
        raise BadValue(_("A date without a time of day cannot be shown as a time."))
    when = _local(value, locale)
    if style in STYLES:
        return dates.format_time(
            when, str(style), tzinfo=when.tzinfo, locale=_babel(locale.language)
        )
    return _patterned(when, str(style), locale)


def show_currency(value: object, locale: Locale, currency: object = "") -> str:
    """An amount with the sign of the currency: £1,204.50, 1.204,50 €."""
    code = str(currency or locale.currency).upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise BadPattern(_("“%(code)s” is not a currency, as GBP is.") % {"code": code})
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise BadValue(_("A value shown as money must be a number.")) from None
    if not amount.is_finite():
        raise BadValue(_("A value shown as money must be a number."))
    return numbers.format_currency(amount, code, locale=_babel(locale.language))


def show_naturaltime(value: object, locale: Locale) -> str:
    """How far away a moment is: in 4 minutes, 3 hours ago."""
    when = _local(value, locale)
    return dates.format_timedelta(
        when - datetime.now(when.tzinfo),
        add_direction=True,
        locale=_babel(locale.language),
    )


def _patterned(when: datetime, pattern: str, locale: Locale) -> str:
    parts = re.split(r"(%-?[A-Za-z%])", pattern)
    wanted = "".join(STRFTIME.get(part) or _quoted(part) for part in parts if part)
    return dates.format_datetime(
        when, wanted, tzinfo=when.tzinfo, locale=_babel(locale.language)
    )


def _quoted(literal: str) -> str:
    """Letters that babel must leave alone, such as the “at” in `%d at %H`."""
    if re.fullmatch(r"%-?[A-Za-z]", literal):
        sentence = _(
            "“%(code)s” is not known in a date. Use %%d, %%B, %%Y, %%H or %%M."
        )
        raise BadPattern(sentence % {"code": literal})
    return "'" + literal.replace("'", "''") + "'"


def _local(value: object, locale: Locale) -> datetime:
    zone = _zone(locale.time_zone)
    if isinstance(value, str):
        value = _read(value)
    if isinstance(value, datetime):
        # A time without a zone was written down by somebody there.
        if value.tzinfo is None:
            return value.replace(tzinfo=zone)
        return value.astimezone(zone)
    if isinstance(value, date):
        return datetime.combine(value, time.min, zone)
    raise BadValue(_("A value shown as a date or time must be one."))


def _read(text: str) -> datetime | date:
    text = text.strip()
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(
            _("A value shown as a date must be written like 2026-03-31 or ")
            + "2026-03-31 09:30."
        ) from None


@lru_cache(maxsize=64)
def _babel(language: str) -> babel.Locale:
    for candidate in (language, language.split("-")[0], "en"):
        try:
            return babel.Locale.parse(candidate.replace("_", "-"), sep="-")
        except (babel.UnknownLocaleError, ValueError):
            continue
    raise AssertionError("babel always has English")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
