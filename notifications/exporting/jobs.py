"""An export from the wish to the file, restartable after any kill.

``beat_at`` is both sign of life and fence: whoever wrote the last beat owns the job,
and a worker that wakes up late finds another beat and stops without a trace.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.actors import Actor, ActorKind, acting
from notifications.errors import TocsinError
from notifications.lifecycle import JobStatus
from notifications.models import Export, ExportFile, write_history

from .keyset import pages
from .kinds import KINDS
from .paper import print_document
from .writers import Writer, writer_of

logger = logging.getLogger("tocsin.exporting")

#: Without a beat for this long, the worker of an export is taken for dead.
SILENCE = timedelta(seconds=60)
LARGEST = 200 * 1024 * 1024


class Superseded(Exception):
    """Somebody else has taken this export over."""


class Beat:
    """The hold on one export; every sign of life is a conditional update."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self.last: datetime | None = None

    def take(self, unclaimed: Q) -> bool:
        """Claim the export if it is free; whether it was."""
        now = timezone.now()
        taken = _exports().filter(unclaimed, pk=self.pk)
        if not taken.update(status=JobStatus.RUNNING, beat_at=now, done_rows=0):
            return False
        self.last = now
        return True

    def update(self, **values: object) -> None:
        """Write values as the owner; raises Superseded when that is somebody else."""
        now = timezone.now()
        own = _exports().filter(pk=self.pk, status=JobStatus.RUNNING, beat_at=self.last)
        if not own.update(beat_at=now, **values):
            raise Superseded
        self.last = now


def waiting() -> list[int]:
    """Keys of exports that no living worker is at: for the sweep, in any scope."""
    return list(_exports().filter(_free()).order_by("pk").values_list("pk", flat=True))


def run(pk: int) -> None:
    """Make the file of an export, unless somebody is at it or it is done."""
    beat = Beat(pk)
    if not beat.take(_free()):
        return
    export = _exports().select_related("cluster", "requested_by").get(pk=pk)
    with _on_behalf_of(export):
        try:
            _make(export, beat)
        except Superseded:
            logger.info("export %s goes on elsewhere", pk)
        except TocsinError as problem:
            _fail(export, beat, str(problem))
        except OperationalError:
            # No sign of life is given any more, so that the sweep begins it anew.
            logger.warning("export %s waits for the database", pk)
        except Exception as problem:  # noqa: BLE001 - its text may hold what is in a row
            logger.error("export %s failed: %s", pk, type(problem).__name__)
            _fail(export, beat, _unexpected(pk))


def _exports() -> QuerySet[Export]:
    # Unscoped: a job is known by its key alone; its rows are read in its own scope.
    return Export._base_manager.all()


def _free() -> Q:
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENCE)
    return Q(status=JobStatus.WAITING) | (Q(status=JobStatus.RUNNING) & silent)


@contextmanager
def _on_behalf_of(export: Export) -> Iterator[None]:
    worker = Actor(ActorKind.WORKER, None, _("Export"))
    zone = ZoneInfo(export.cluster.time_zone)
    with scope.clusters(export.cluster_id), acting(worker), timezone.override(zone):
        yield


def _make(export: Export, beat: Beat) -> None:
    with tempfile.TemporaryDirectory(prefix="tocsin-export-") as folder:
        path = Path(folder) / "rows"
        if export.format == "pdf":
            done = _print(export, path)
        else:
            with closing(writer_of(export.format, path)) as writer:
                done = _write(export, beat, writer)
        if path.stat().st_size > LARGEST:
            raise TocsinError(
                _("The file would be larger than 200 MB. Narrow it down by dates.")
            )
        _finish(export, beat, done, path.read_bytes())


def _write(export: Export, beat: Beat, writer: Writer) -> int:
    kind = KINDS[export.kind]
    resource = kind.resource()
    rows = kind.rows(export)
    beat.update(total_rows=rows.count())
    facts = list(kind.facts(export))
    if facts:
        writer.facts(facts)
    columns = resource.get_export_fields()
    writer.head([str(column.column_name) for column in columns])
    done = 0
    for page in pages(rows, by=kind.by):
        writer.rows(
            [str(resource.export_field(column, row)) for column in columns]
            for row in page
        )
        done += len(page)
        beat.update(done_rows=done)
    return done


def _print(export: Export, path: Path) -> int:
    """On paper stand counts and a few names, whatever the number of people."""
    document = KINDS[export.kind].document
    if document is None:
        raise TocsinError(_("This cannot be printed. Ask for it as CSV or XLSX."))
    print_document(document(export), path)
    return 0


def _finish(export: Export, beat: Beat, done: int, data: bytes) -> None:
    with transaction.atomic():
        beat.update(
            status=JobStatus.DONE,
            done_rows=done,
            total_rows=done,
            filename=filename_of(export),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            error="",
            finished_at=timezone.now(),
        )
        ExportFile.objects.create(job=export, cluster=export.cluster, data=data)
        _record(export, _("The file is ready"))


def _fail(export: Export, beat: Beat, sentence: str) -> None:
    try:
        with transaction.atomic():
            beat.update(
                status=JobStatus.FAILED,
                error=sentence[:500],
                finished_at=timezone.now(),
            )
            _record(export, sentence)
    except Superseded:
        logger.info("export %s goes on elsewhere", export.pk)


def _record(export: Export, reason: str) -> None:
    export.refresh_from_db()
    write_history([export], reason=reason)


def _unexpected(pk: int) -> str:
    return _(
        "The file could not be made. Ask for it again; "
        "if that fails too, tell the one who runs Tocsin: export %(number)d."
    ) % {"number": pk}


def filename_of(export: Export) -> str:
    """A name for the file: what it is, whose, and when it was asked for."""
    day = timezone.localtime(export.requested_at).date().isoformat()
    title = re.sub(r"[^\w.-]+", "-", export.title).strip("-.")[:80]
    return f"{title}-{export.cluster.slug}-{day}.{export.format}"
