"""What each kind of export holds: its rows, in which order, under which columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from import_export.resources import Resource

from notifications.audience import Criteria, InvalidCriteria, describe
from notifications.errors import TocsinError
from notifications.models import (
    ContactPoint,
    Dispatch,
    Export,
    ExportKind,
    OptOut,
    Tag,
)

from . import incident, words
from .filters import LogFilter, OptOutFilter, PeopleFilter
from .parts import Document
from .report import report_of
from .resources import EntryResource, LogResource, OptOutResource, PeopleResource
from .writers import Row


def _no_facts(export: Export) -> Iterator[Row]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export; ``by`` is the order that its pages are read in."""

    resource: type[Resource]
    rows: Callable[[Export], QuerySet[Any]]
    by: tuple[str, ...] = ("-id",)
    facts: Callable[[Export], Iterator[Row]] = _no_facts
    #: How it is printed, where it can be.
    document: Callable[[Export], Document] | None = None


def _log(export: Export) -> QuerySet[Any]:
    found = LogFilter.from_stored(export.filters).entries(export.cluster)
    return found.select_related("dispatch", "addressee")


def _people(export: Export) -> QuerySet[Any]:
    found = PeopleFilter.from_stored(export.filters).people(export.cluster)
    return found.select_related("zone").prefetch_related(
        Prefetch("tags", Tag.objects.order_by("name")),
        Prefetch("contact_points", ContactPoint.objects.order_by("-primary", "id")),
        Prefetch("opt_outs", OptOut.objects.order_by("id")),
    )


def _opt_outs(export: Export) -> QuerySet[Any]:
    found = OptOutFilter.from_stored(export.filters).opt_outs(export.cluster)
    rows = found.select_related("recipient", "created_by")
    return rows.prefetch_related("addresses")


def _delivery(export: Export) -> QuerySet[Any]:
    entries = LogFilter(dispatch=_dispatch(export).pk).entries(export.cluster)
    return entries.select_related("addressee")


def _dispatch(export: Export) -> Dispatch:
    wanted = {"cluster": export.cluster, "pk": export.filters.get("dispatch")}
    dispatches = Dispatch.objects.select_related("created_by", "cluster")
    found: Dispatch | None = dispatches.filter(**wanted).first()
    if found is None:
        raise TocsinError(_("This message is not in this cluster. Choose another one."))
    return found


def _delivery_facts(export: Export) -> Iterator[Row]:
    dispatch = _dispatch(export)
    report = report_of(dispatch)
    yield _("Delivery report"), dispatch.title
    yield _("Cluster"), str(dispatch.cluster)
    yield _("Asked for by"), str(export.requested_by or "")
    yield _("Asked for on"), words.moment(export.requested_at)
    yield _("Kind"), words.event_words(dispatch.event)
    yield _("Sent by"), str(dispatch.created_by or _("Tocsin"))
    yield _("Made"), words.moment(dispatch.created_at)
    yield _("First one sent"), words.moment(dispatch.started_at)
    yield _("Finished"), words.moment(dispatch.finished_at)
    yield _("State"), dispatch.get_status_display()
    yield _("Audience"), "; ".join(audience_words(dispatch))
    yield _("People"), str(report.people)
    yield _("Entries"), str(report.total)
    for line in report.channels:
        for status, count in line.counts.items():
            yield f"{line.heading}: {status.label}", str(count)
    for reason, count in report.reasons:
        yield f"{_('Reason')}: {words.reason_words(reason)}", str(count)
    if not report.balances:
        yield _("Warning"), _("The numbers do not add up. Tell who runs Tocsin.")


def audience_words(dispatch: Dispatch) -> list[str]:
    """The audience of a dispatch, one short line per part."""
    try:
        criteria = Criteria.from_json(dispatch.audience)
    except InvalidCriteria as problem:
        return [str(problem)]
    return describe(dispatch.cluster, criteria)


KINDS: dict[str, Kind] = {
    ExportKind.LOG: Kind(LogResource, _log),
    ExportKind.PEOPLE: Kind(PeopleResource, _people, by=("name_key", "id")),
    ExportKind.OPT_OUTS: Kind(OptOutResource, _opt_outs),
    ExportKind.INCIDENT: Kind(
        incident.IncidentResource,
        incident.entries_of,
        by=("id",),
        facts=incident.facts_of,
        document=incident.document_of,
    ),
    ExportKind.DELIVERY: Kind(
        EntryResource, _delivery, by=("id",), facts=_delivery_facts
    ),
}
