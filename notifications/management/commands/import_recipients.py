"""Import a file of people: what the console does, for a terminal or a cron job."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from notifications import importing, scope
from notifications.actions import imports
from notifications.errors import TocsinError
from notifications.importing import limits
from notifications.importing.holds import WORKING
from notifications.importing.sheets import mapping_of
from notifications.lifecycle import ImportStatus
from notifications.models import Cluster, RecipientImport

_SUMS: Final = ("new", "changed", "unchanged", "blank", "bad")


class Command(BaseCommand):
    help = (
        "Import a file of people into a cluster. Nothing is written when there are "
        "rows to look at, unless --skip-bad leaves them out. The last line of the "
        "output is JSON: new, changed, unchanged, blank, bad (per reason), committed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, TSV, XLSX or ODS")
        parser.add_argument("--cluster", required=True, help="its short name")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would do, write nothing"
        )
        parser.add_argument(
            "--skip-bad", action="store_true", help="leave out the rows to look at"
        )
        parser.add_argument(
            "--by", metavar="EMAIL", help="the manager in whose name it is done"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scope.every_cluster():
                cluster = _cluster(options["cluster"])
            with scope.clusters(cluster.pk):
                job = self._import(cluster, options)
        except TocsinError as problem:
            raise CommandError(str(problem)) from problem
        committed = job.status == ImportStatus.DONE
        sums = {name: job.counts[name] for name in _SUMS}
        self.stdout.write(json.dumps(sums | {"committed": committed}))
        if not committed and not options["dry_run"]:
            sys.exit(1)

    def _import(self, cluster: Cluster, options: dict[str, Any]) -> RecipientImport:
        by = _staff(options["by"]) if options["by"] else imports.COMMAND_LINE
        path: Path = options["file"]
        job = imports.upload(cluster, path.name, _bytes(path), by=by)
        try:
            imports.set_mapping(job, mapping_of(job), by=by)
            _finished(imports.rehearse(job, by=by))
            self._say(job)
            if not options["dry_run"]:
                self._commit(job, by, skip_bad=options["skip_bad"])
        finally:
            # What was only tried leaves no file of people behind.
            job.refresh_from_db()
            if job.status not in (*WORKING, ImportStatus.DONE):
                counts = job.counts
                imports.cancel(job, by=by)
                job.counts = counts
        return job

    def _commit(self, job: RecipientImport, by: Any, *, skip_bad: bool) -> None:
        bad = sum(job.counts["bad"].values())
        if bad and not skip_bad:
            self.stderr.write(
                _(
                    "Nothing was imported: %(count)d rows have to be looked at. "
                    "Correct them, or leave them out with --skip-bad."
                )
                % {"count": bad}
            )
            return
        _finished(imports.commit(job, by=by, skip_bad=skip_bad))

    def _say(self, job: RecipientImport) -> None:
        """Each row to look at, by its number; the cells themselves stay in the file."""
        for row in job.rows.filter(verdict="bad").order_by("number"):
            for problem in row.problems:
                self.stdout.write(f"row {row.number}: {problem['reason']}")
        for kind in ("zones", "tags"):
            if names := job.counts[f"{kind}_to_make"]:
                self.stdout.write(f"{kind} to make: {', '.join(names)}")


def _cluster(slug: str) -> Cluster:
    found: Cluster | None = Cluster.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Cluster.objects.values_list("slug", flat=True))
        raise CommandError(
            _("There is no cluster “%(slug)s”. Use one of these: %(known)s.")
            % {"slug": slug, "known": known or _("there is none yet")}
        )
    return found


def _staff(email: str) -> Any:
    user = get_user_model().objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(
            _("Nobody signs in as %(email)s. Give the address of a manager.")
            % {"email": email}
        )
    return user


def _bytes(path: Path) -> bytes:
    try:
        limits.check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as problem:
        raise CommandError(
            _("%(file)s cannot be read: %(why)s. Check the name and your rights.")
            % {"file": path, "why": problem.strerror or _("it is no file")}
        ) from problem


def _finished(job: RecipientImport) -> None:
    """Work until nobody has to any more: a worker may have been faster than we."""
    while job.status in WORKING:
        importing.run(job.pk)
        job.refresh_from_db()
        if job.status in WORKING:
            time.sleep(0.2)
    if job.status == ImportStatus.FAILED:
        raise CommandError(job.error)
