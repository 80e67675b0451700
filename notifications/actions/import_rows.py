"""Who may look at imports, and what can be taken out of one."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from django.utils.translation import gettext as _

from notifications.actors import Actor, ActorKind
from notifications.exporting.cells import for_csv
from notifications.importing.sheets import head_of
from notifications.lifecycle import ImportStatus
from notifications.models import (
    Cluster,
    ImportRow,
    RecipientImport,
    Role,
    RowVerdict,
)

from .guards import require_role

#: Whoever holds the machine may import without a role: for commands only.
COMMAND_LINE: Final = Actor(ActorKind.SYSTEM, None, "Command line")


def authorise(by: Any, cluster: Cluster, role: Role = Role.MANAGER) -> None:
    """Raise NotAllowed unless it is the command line, or a member of that role."""
    if by is not COMMAND_LINE:
        require_role(by, cluster, role)


def earlier(job: RecipientImport) -> RecipientImport | None:
    """The last time that this very file went into the cluster, if it did."""
    same = RecipientImport.objects.filter(
        cluster=job.cluster, sha256=job.sha256, status=ImportStatus.DONE
    )
    found: RecipientImport | None = same.exclude(pk=job.pk).order_by("-id").first()
    return found


def bad_rows_file(job: RecipientImport, *, by: Any) -> bytes:
    """The rows to look at as a CSV file, to be corrected and uploaded again.

    No cell can become a formula; reading such a file takes the guard off again.
    """
    authorise(by, job.cluster, Role.AUDITOR)
    text = io.StringIO()
    writer = csv.writer(text)
    headings = head_of(job).headings
    writer.writerow([_("Row"), _("What is wrong"), *map(for_csv, headings)])
    rows = ImportRow.objects.filter(job=job, verdict=RowVerdict.BAD)
    for row in rows.order_by("number"):
        wrong = " ".join(problem["sentence"] for problem in row.problems)
        writer.writerow([row.number, for_csv(wrong), *map(for_csv, row.cells)])
    # With the mark by which Excel knows UTF-8.
    return text.getvalue().encode("utf-8-sig")
