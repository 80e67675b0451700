"""The components of the console: each looks the same on every page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console import areas, components, moments
from notifications.alerting import Purpose
from notifications.exporting import words
from notifications.models import Broadcast

register = template.Library()


@register.filter
def thousands(value: Any) -> str:
    """1204 as "1 204", with a narrow space that does not break; words as they are."""
    if not isinstance(value, int):
        return "" if value is None else str(value)
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@register.filter
def local_time(moment: datetime | None) -> SafeString | str:
    """ "in 4 minutes, at 10:42"; the exact time of the cluster's zone on hover."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        moments.exact(moment),
        moments.relative(moment),
    )


@register.filter
def exact_time(moment: datetime | None) -> SafeString | str:
    """ "Tuesday 3 November 2026, 10:42", in the cluster's zone."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', moment.isoformat(), moments.exact(moment)
    )


@register.filter
def report_cell(value: datetime | str | None) -> SafeString | str:
    """What stands in a report: words with their line ends, a time to the second."""
    if isinstance(value, datetime):
        clock = words.clock(value)
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), clock)
    return linebreaksbr(value or "", autoescape=True)


@register.inclusion_tag("console/components/status_pill.html")
def status_pill(status: str, kind: str = "entry") -> dict[str, Any]:
    """A status as word, icon and colour. ``kind``: see ``components.KINDS``."""
    choices = components.KINDS[kind]
    return {
        "status": status,
        "label": choices(status).label,
        "look": components.LOOKS[choices][status],
    }


@register.inclusion_tag("console/components/status_pill.html")
def broadcast_pill(broadcast: Broadcast) -> dict[str, Any]:
    """The status of an emergency, or of a drill in the colours of drills."""
    status, drill = broadcast.status, broadcast.is_drill
    look = components.broadcast_look(status, drill=drill)
    pill = status_pill(status, "broadcast") | {"look": look}
    if broadcast.ended_with == Purpose.SENT_IN_ERROR:
        # It is not over: it never was.
        pill["label"] = Purpose.SENT_IN_ERROR.label
        pill["look"] = components.OFF
    return pill


@register.inclusion_tag("console/components/balance_bar.html")
def balance_bar(
    counts: Mapping[str, int], planned: int, url: str = ""
) -> dict[str, Any]:
    """A stacked bar of entry statuses and the sum beneath, each number a link."""
    return {"balance": components.balance(counts, planned, url)}


@register.inclusion_tag("console/components/facts.html")
def facts(rows: Iterable[components.Fact]) -> dict[str, Any]:
    """Labels and values, with *Change* links where a fact has one."""
    return {"rows": rows}


@register.inclusion_tag("console/components/empty_state.html")
def empty_state(
    title: str,
    text: str = "",
    url: str = "",
    label: str = "",
    icon: str = "circle-plus",
    more_url: str = "",
    more_label: str = "",
) -> dict[str, Any]:
    """What belongs here, and one button to make the first."""
    return {
        "title": title,
        "text": text,
        "url": url,
        "label": label,
        "icon": icon,
        "more_url": more_url,
        "more_label": more_label,
    }


@register.inclusion_tag("console/components/timeline.html")
def timeline(steps: Iterable[components.Step]) -> dict[str, Any]:
    """Who or what did what, when and why; machine steps folded."""
    return {"folds": components.fold(steps)}


@register.inclusion_tag("console/components/progress.html")
def progress(
    done: int, total: int, sentence: str = "", may_leave: bool = True
) -> dict[str, Any]:
    """A bar with its numbers; ``sentence`` says rate and forecast."""
    return {
        "done": done,
        "total": total,
        "percent": min(100, 100 * done // total) if total else 0,
        "sentence": sentence,
        "may_leave": may_leave,
    }


@register.inclusion_tag("console/components/stat_tile.html")
def stat_tile(
    value: Any, label: str, url: str = "", tone: str = "", hint: str = ""
) -> dict[str, Any]:
    """A number and what it counts; with an address it opens those very rows."""
    return {"value": value, "label": label, "url": url, "tone": tone, "hint": hint}


@register.inclusion_tag("console/components/pager.html", takes_context=True)
def pager(context: Any, page: Any) -> dict[str, Any]:
    """Older and newer pages of a ``django.core.paginator.Page``."""
    return {"page": page, "request": context.get("request")}


@register.simple_block_tag(takes_context=True, end_name="end_sticky_bar")
def sticky_bar(context: Any, content: str, sentence: Any = "") -> SafeString:
    """The bar at the bottom: what will happen on the left, the buttons on the right.

    The last button inside is the primary one.
    """
    return format_html(
        '<div class="sticky-bar"><p class="sticky-bar-sentence">{}</p>'
        '<div class="sticky-bar-buttons">{}</div></div>',
        sentence,
        content,
    )


@register.simple_tag(takes_context=True)
def may_open(context: Any, route: str) -> bool:
    """Whether this person may read a declared route: for links."""
    return areas.may(context["request"], route)


@register.simple_tag(takes_context=True)
def may_write(context: Any, route: str) -> bool:
    """Whether this person may write to a declared route: for buttons and forms."""
    return areas.may(context["request"], route, "POST")
