"""A backup put back: checked first, then all at once, then paused."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.delivery.status import ALIVE
from notifications.errors import Refused
from notifications.models import Cluster, Installation, WorkerBeat

from . import archive, epochs
from .archive import BrokenBackup, Manifest
from .backing_up import MEDIA, fingerprint_of_key
from .databases import Database, count_rows, database


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what was stopped; ``same_key`` False wants a remedy."""

    manifest: Manifest
    epoch: epochs.Epoch
    same_key: bool


def check(path: Path) -> Manifest:
    """Whether it could be restored here; touches nothing, raises BrokenBackup."""
    with _unpacked(path) as (manifest, _database, _members):
        return manifest


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Put a backup in the place of what is there; raises Refused, with why not.

    Nothing is touched before everything has been checked. Afterwards no message goes
    out until somebody resumes it.
    """
    with _unpacked(path) as (manifest, kind, members):
        _refuse_running()
        if not replace and not _is_empty():
            raise Refused(
                _(
                    "There are people and messages here already. Restore into an empty "
                    "installation, or say --replace: what is here now will be lost."
                )
            )
        known = max(manifest.epoch, _epoch_here())
        made_at = datetime.fromisoformat(manifest.made_at)
        kind.load(members[kind.name], epochs.pausing_sql(made_at))
        _require_counts(manifest)
        ContentType.objects.clear_cache()
        call_command("migrate", interactive=False, verbosity=0)
        _put_media(members)
        epoch = epochs.begin(made_at, known)
        return Restored(manifest, epoch, manifest.key == fingerprint_of_key())


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Manifest, Database, dict[str, Path]]]:
    """The members in a folder beside the data, all checks passed."""
    manifest = archive.read_manifest(path)
    kind = database()
    if manifest.database != connection.vendor:
        raise Refused(
            _("This backup is of %(theirs)s, and this installation runs on %(ours)s.")
            % {"theirs": manifest.database, "ours": connection.vendor}
        )
    _refuse_newer(manifest)
    kind.require_programs()
    data = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        members = archive.unpack(path, manifest, Path(folder))
        if kind.name not in members:
            raise BrokenBackup(_("There is no database in this backup."))
        kind.check(members[kind.name])
        yield manifest, kind, members


def _refuse_newer(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations or {}}
    if newer := sorted(set(manifest.migrations) - known):
        raise Refused(
            _(
                "This backup was made by Tocsin %(version)s, which is newer than this "
                "one: %(name)s is not known here. Upgrade, then restore."
            )
            % {"version": manifest.version, "name": newer[-1]}
        )


def _refuse_running() -> None:
    if not _has_table(WorkerBeat._meta.db_table):
        return
    if WorkerBeat.objects.filter(beat_at__gt=timezone.now() - ALIVE).exists():
        raise Refused(
            _(
                "Workers are running. Stop them and the web, and try again half a "
                "minute later: that is how long a sign of life counts."
            )
        )


def _is_empty() -> bool:
    if not _has_table(Cluster._meta.db_table):
        return True
    # Unscoped: asked is whether there is anything at all.
    clusters = Cluster._base_manager.exists()
    return not clusters and not get_user_model()._default_manager.exists()


def _epoch_here() -> int:
    if not _has_table(Installation._meta.db_table):
        return 0
    here = Installation._default_manager.first()
    return here.epoch if here else 0


def _has_table(name: str) -> bool:
    return name in connection.introspection.table_names()


def _require_counts(manifest: Manifest) -> None:
    now = count_rows()
    for table, count in manifest.counts.items():
        found = now.get(table, 0)
        if found != count:
            raise BrokenBackup(
                _(
                    "%(table)s has %(now)d rows after the restore, and had %(then)d. "
                    "Do not use this installation: restore another backup."
                )
                % {"table": table, "now": found, "then": count}
            )


def _put_media(members: dict[str, Path]) -> None:
    """The media as they were; what is there now makes room only at the end."""
    media = Path(settings.MEDIA_ROOT)
    fresh, old = media.with_name("media.restored"), media.with_name("media.before")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, file in members.items():
        if name.startswith(MEDIA):
            target = fresh / name.removeprefix(MEDIA)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, target)
    if media.exists():
        media.rename(old)
    fresh.rename(media)
    shutil.rmtree(old, ignore_errors=True)
