"""An import at work: taken by one worker, in the name of who asked for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.actors import Actor, ActorKind, acting
from notifications.errors import TocsinError
from notifications.importing.committing import commit
from notifications.importing.holds import Hold, Superseded, free, imports, record
from notifications.importing.rehearsing import rehearse
from notifications.lifecycle import ImportStatus
from notifications.models import RecipientImport

logger = logging.getLogger("tocsin.importing")


def waiting() -> list[int]:
    """Keys of imports that no living worker is at: for the sweep, in any scope."""
    return list(imports().filter(free()).order_by("pk").values_list("pk", flat=True))


def run(pk: int) -> None:
    """Rehearse or commit an import, unless somebody is at it or it is done."""
    hold = Hold(pk)
    job = hold.take()
    if job is None:
        return
    with _on_behalf_of(job):
        try:
            (rehearse if job.status == ImportStatus.REHEARSING else commit)(job, hold)
        except Superseded:
            logger.info("import %s goes on elsewhere, or was cancelled", pk)
        except OperationalError as problem:
            # The database was away or busy: the sweep finds the import again. Such
            # an error speaks of the database, not of what is in its rows.
            logger.warning("import %s: the database did not answer: %s", pk, problem)
        except TocsinError as problem:
            _fail(job, hold, str(problem))
        except Exception as problem:  # noqa: BLE001 - its text may hold what is in a row
            logger.error("import %s failed: %s", pk, type(problem).__name__)
            _fail(job, hold, _unexpected(pk))


@contextmanager
def _on_behalf_of(job: RecipientImport) -> Iterator[None]:
    zone = ZoneInfo(job.cluster.time_zone)
    with scope.clusters(job.cluster_id), timezone.override(zone), acting(_actor(job)):
        yield


def _actor(job: RecipientImport) -> Actor:
    """Who moved the import to where it is: what a worker does is theirs."""
    moved = job.history.filter(status=job.status).order_by("-history_id").first()
    if moved is None:
        return Actor(ActorKind.WORKER, None, str(_("Import")))
    return Actor(ActorKind(moved.actor_kind), moved.history_user_id, moved.actor_label)


def _fail(job: RecipientImport, hold: Hold, sentence: str) -> None:
    try:
        with transaction.atomic():
            hold.update(status=ImportStatus.FAILED, error=sentence[:500])
            record(job, "Stopped")
    except Superseded:
        logger.info("import %s goes on elsewhere, or was cancelled", job.pk)


def _unexpected(pk: int) -> str:
    return _(
        "The import stopped half-way, for a reason of ours. Rehearse it again and "
        "finish it: nobody goes in twice. If it stops once more, tell the one who "
        "runs Tocsin: import %(number)d."
    ) % {"number": pk}
