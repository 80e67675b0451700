"""Everything of this installation into one file, while it goes on working."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.errors import Refused
from notifications.fingerprints import commitment
from notifications.models import Installation

from . import archive
from .archive import FORMAT, Manifest
from .databases import Counts, database

MEDIA = "media/"


def back_up(path: Path) -> Manifest:
    """Write a new file; raises Refused where that cannot be done.

    The database as of one moment, then the media: files there are never changed, only
    added and removed.
    """
    if path.exists():
        raise Refused(
            _("%(file)s is there already. Choose another name.") % {"file": path}
        )
    if not path.parent.is_dir():
        raise Refused(
            _("There is no folder %(folder)s. Make it first.") % {"folder": path.parent}
        )
    kind = database()
    kind.require_programs()
    # Made now where it was never needed yet, so that it is in the copy.
    installation = Installation.current()
    # Beside the target: there has to be room for it, and perhaps only there.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        copy = Path(folder) / kind.name
        counts = kind.dump(copy)
        members = {kind.name: copy}
        for name, file in archive.below(Path(settings.MEDIA_ROOT)):
            members[f"{MEDIA}{name}"] = file
        return archive.write(path, _manifest(installation, counts), members)


def _manifest(installation: Installation, counts: Counts) -> Manifest:
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(
        format=FORMAT,
        version=version(),
        made_at=timezone.now().isoformat(timespec="seconds"),
        database=connection.vendor,
        installation=installation.uid.hex,
        epoch=installation.epoch,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        counts=counts,
        key=fingerprint_of_key(),
        files={},
    )


def version() -> str:
    """The version of Tocsin, as the project says it."""
    project = Path(settings.BASE_DIR) / "pyproject.toml"
    return str(tomllib.loads(project.read_text())["project"]["version"])


def fingerprint_of_key() -> str:
    """The same as long as FINGERPRINT_KEY is."""
    return commitment("backup")
