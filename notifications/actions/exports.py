"""Asking for rows as a file, and taking the file away: both on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from notifications import doorbell
from notifications.errors import Refused
from notifications.exporting.filters import LogFilter, OptOutFilter, PeopleFilter
from notifications.exporting.incident import kind_of
from notifications.lifecycle import JobStatus
from notifications.models import (
    Broadcast,
    Cluster,
    Dispatch,
    Export,
    ExportFile,
    ExportKind,
    Role,
    write_history,
)

from .guards import require_role

FORMATS = ("csv", "xlsx")
#: What can be printed as well.
PRINTED = (ExportKind.INCIDENT,)


@transaction.atomic
def request_export(
    cluster: Cluster,
    kind: str,
    format: str,
    filters: Mapping[str, Any],
    title: str,
    by: Any,
) -> Export:
    """Put an export in the queue; ``filters`` is what a filter's ``stored()`` gives.

    Raises:
        NotAllowed: ``by`` is not an auditor or more in this cluster.
        Refused: there is no such format or filter.
    """
    require_role(by, cluster, Role.AUDITOR)
    formats = (*FORMATS, "pdf") if kind in PRINTED else FORMATS
    if kind not in ExportKind.values or format not in formats:
        raise Refused(_("There is no such export. Go back and choose CSV or XLSX."))
    export: Export = Export.objects.create(
        cluster=cluster,
        kind=kind,
        format=format,
        filters=_checked(kind, filters),
        title=title.strip()[:250] or str(ExportKind(kind).label),
        requested_by=by,
    )
    doorbell.ring_job("export", export.pk)
    return export


def request_report(dispatch: Dispatch, format: str, by: Any) -> Export:
    """Put the delivery report of a dispatch in the queue."""
    title = _("Delivery report: %(title)s") % {"title": dispatch.title}
    wanted = {"dispatch": dispatch.pk}
    return request_export(
        dispatch.cluster, ExportKind.DELIVERY, format, wanted, title, by
    )


def request_incident(broadcast: Broadcast, format: str, by: Any) -> Export:
    """Put the incident report of a broadcast in the queue."""
    title = f"{kind_of(broadcast)}: {broadcast.title}"
    wanted = {"broadcast": broadcast.pk}
    return request_export(
        broadcast.cluster, ExportKind.INCIDENT, format, wanted, title, by
    )


def request_again(export: Export, by: Any) -> Export:
    """Ask for the same rows once more, as they are now."""
    return request_export(
        export.cluster, export.kind, export.format, export.filters, export.title, by
    )


@transaction.atomic
def download(export: Export, by: Any) -> ExportFile:
    """The file of a finished export; that it was taken is counted and on record.

    Raises:
        NotAllowed: ``by`` is not an auditor or more in this cluster.
        Refused: the file is not ready.
    """
    require_role(by, export.cluster, Role.AUDITOR)
    found = ExportFile.objects.filter(job=export, cluster=export.cluster).first()
    if export.status != JobStatus.DONE or found is None:
        raise Refused(_("This file is not ready. Wait until it is, then download it."))
    Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
    export.refresh_from_db(fields=["downloads"])
    write_history([export], reason=_("Downloaded"))
    file: ExportFile = found
    return file


def _checked(kind: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    about = {ExportKind.DELIVERY: "dispatch", ExportKind.INCIDENT: "broadcast"}
    if kind in about:
        name = about[ExportKind(kind)]
        return {name: int(filters[name])}
    known: dict[str, Any] = {
        ExportKind.LOG: LogFilter,
        ExportKind.PEOPLE: PeopleFilter,
        ExportKind.OPT_OUTS: OptOutFilter,
    }
    try:
        stored: dict[str, Any] = known[kind].from_stored(filters).stored()
    except TypeError as problem:
        raise Refused(_("This filter is not known. Go back and set it again.")) from (
            problem
        )
    return stored
