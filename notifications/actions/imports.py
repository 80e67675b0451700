"""Importing people: what staff do with a file, from the upload to the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import doorbell, importing
from notifications.actors import acting
from notifications.errors import MoveRefused, Refused
from notifications.importing import limits, reading
from notifications.importing.columns import check_mapping, guess_mapping
from notifications.importing.holds import record
from notifications.importing.outcomes import SO_FAR
from notifications.importing.sheets import data_of, head_of
from notifications.lifecycle import IMPORT_MOVES, ImportStatus, guard, sources_of
from notifications.models import (
    Cluster,
    ImportFile,
    ImportRow,
    RecipientImport,
)

from .crowds import in_the_name_of
from .import_rows import COMMAND_LINE, authorise, bad_rows_file, earlier

__all__ = [
    "COMMAND_LINE",
    "bad_rows_file",
    "cancel",
    "commit",
    "earlier",
    "rehearse",
    "set_mapping",
    "set_options",
    "upload",
]

#: Up to so many rows are rehearsed while the page waits.
AT_ONCE: Final = 2_000
#: Workbooks up to this size are read whole at the upload, text always.
_READ_AT_ONCE: Final = 200_000
_LONGEST_NAME: Final = 200


def upload(cluster: Cluster, filename: str, data: bytes, *, by: Any) -> RecipientImport:
    """Take a file in, with what it seems to be; raises ImportRefused."""
    authorise(by, cluster)
    limits.check_size(len(data))
    guess = reading.inspect(data, filename)
    seen = reading.head(data, filename)
    with transaction.atomic(), _acting(by):
        job: RecipientImport = RecipientImport.objects.create(
            cluster=cluster,
            filename=_short(filename),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            options=_pinned(guess),
            mapping=_stored(guess_mapping(seen.headings, seen.rows)),
            counts=_counted(data, filename, guess),
            created_by=by if by is not COMMAND_LINE else None,
        )
        ImportFile.objects.create(job=job, cluster=cluster, data=data)
    return job


def set_options(
    job: RecipientImport, options: Mapping[str, Any], *, by: Any
) -> RecipientImport:
    """Read the file another way (encoding, delimiter, sheet, header_row).

    Columns are matched anew. Raises ImportRefused when it cannot be read so.
    """
    authorise(by, job.cluster)
    data = data_of(job)
    said = {key: options.get(key) for key in _OPTIONS}
    guess = reading.inspect(data, job.filename, **said)
    seen = reading.head(data, job.filename, **said)
    pinned = _pinned(guess)
    if pinned == job.options and job.mapping:
        return job
    _move(
        job,
        ImportStatus.UPLOADED,
        "Read another way",
        by,
        options=pinned,
        mapping=_stored(guess_mapping(seen.headings, seen.rows)),
        counts=_counted(data, job.filename, guess),
        error="",
    )
    return job


def set_mapping(
    job: RecipientImport, mapping: Mapping[int, str], *, by: Any
) -> RecipientImport:
    """Say which of their columns is which of our fields; raises Refused."""
    authorise(by, job.cluster)
    columns = range(len(head_of(job).headings))
    kept = {column: key for column, key in mapping.items() if column in columns}
    if problems := check_mapping(kept):
        raise Refused(" ".join(problems))
    rows = {key: job.counts[key] for key in ("rows", "blank") if key in job.counts}
    _move(
        job,
        ImportStatus.MAPPED,
        "Columns matched",
        by,
        mapping=_stored(kept),
        counts=rows,
        error="",
    )
    return job


def rehearse(job: RecipientImport, *, by: Any) -> RecipientImport:
    """See what the file would do: at once if it is small, else in the background."""
    authorise(by, job.cluster)
    small = 0 < job.counts.get("rows", 0) <= AT_ONCE
    with transaction.atomic():
        _move(
            job,
            ImportStatus.REHEARSING,
            "Rehearsal asked for",
            by,
            done_rows=0,
            beat_at=None,
            error="",
        )
        if not small:
            doorbell.ring_job("import", job.pk)
    if small:
        importing.run(job.pk)
    job.refresh_from_db()
    return job


def commit(job: RecipientImport, *, by: Any, skip_bad: bool = False) -> RecipientImport:
    """Import what was rehearsed, in the background.

    Raises Refused while there are rows to look at, unless they are to be left out,
    and while another import of the cluster is under way.
    """
    authorise(by, job.cluster)
    guard(IMPORT_MOVES, job.status, ImportStatus.COMMITTING)
    if sum(job.counts["bad"].values()) and not skip_bad:
        raise Refused(
            _(
                "There are rows to look at. Correct the file and upload it again, or "
                "choose to leave those rows out."
            )
        )
    with transaction.atomic():
        _only_one(job)
        _move(
            job,
            ImportStatus.COMMITTING,
            "Import asked for",
            by,
            skip_bad=skip_bad,
            done_rows=0,
            beat_at=None,
            counts={key: v for key, v in job.counts.items() if key != SO_FAR},
            error="",
        )
        doorbell.ring_job("import", job.pk)
    return job


def cancel(job: RecipientImport, *, by: Any) -> RecipientImport:
    """Give an import up and throw its file away: nobody has gone in."""
    authorise(by, job.cluster)
    with transaction.atomic():
        _move(job, ImportStatus.CANCELLED, "Cancelled", by, beat_at=None)
        ImportFile.objects.filter(job=job).delete()
        ImportRow.objects.filter(job=job).delete()
    return job


_OPTIONS: Final = ("encoding", "delimiter", "sheet", "header_row")


def _acting(by: Any) -> AbstractContextManager[None]:
    return acting(by) if by is COMMAND_LINE else in_the_name_of(by)


def _move(
    job: RecipientImport, to: ImportStatus, why: str, by: Any, **changes: Any
) -> None:
    """Move an import on, if it still is as we know it; raises MoveRefused."""
    guard(IMPORT_MOVES, job.status, to)
    with transaction.atomic(), _acting(by):
        same = RecipientImport.objects.filter(
            pk=job.pk, status=job.status, status__in=sources_of(IMPORT_MOVES, to)
        )
        if not same.update(status=to, **changes):
            raise MoveRefused(
                _(
                    "Somebody else has just gone on with this import, so nothing was "
                    "done. Reload the page to see how it stands."
                )
            )
        record(job, why)


def _only_one(job: RecipientImport) -> None:
    """Refuse a second commit; the lock on the cluster decides who is first."""
    Cluster.objects.select_for_update(no_key=True).get(pk=job.cluster_id)
    running = RecipientImport.objects.filter(
        cluster=job.cluster, status=ImportStatus.COMMITTING
    )
    other = running.exclude(pk=job.pk).first()
    if other is not None:
        raise Refused(
            _(
                "“%(file)s” is being imported at this moment. Wait until it is done, "
                "then import this one."
            )
            % {"file": other.filename}
        )


def _counted(data: bytes, filename: str, guess: reading.Guess) -> dict[str, int]:
    """Rows of the whole file, where reading it takes no time; raises ImportRefused."""
    if guess.kind in ("xlsx", "ods") and len(data) > _READ_AT_ONCE:
        return {}
    table = reading.read(data, filename, **_pinned(guess))
    return {"rows": len(table.rows), "blank": table.blank}


def _pinned(guess: reading.Guess) -> dict[str, Any]:
    """What was guessed and shown is what is used from now on."""
    return {key: getattr(guess, key) for key in _OPTIONS}


def _stored(mapping: Mapping[int, str]) -> dict[str, str]:
    return {str(column): key for column, key in sorted(mapping.items())}


def _short(filename: str) -> str:
    """A file's own name, however long it was, without a folder."""
    name = filename.replace("\\", "/").rpartition("/")[2].strip() or _("list")
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem or name}"[: _LONGEST_NAME - len(suffix) - 1] + dot + suffix
