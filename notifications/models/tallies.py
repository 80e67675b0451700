"""What became of a dispatch, counted once: nobody counts a million rows for a page."""

from __future__ import annotations

from django.db import models

from notifications.scope import ScopedManager

from .clusters import Cluster
from .dispatches import Dispatch


class DispatchTally(models.Model):
    """The entries of a dispatch that is over, as they were counted.

    It holds for ``version`` of the dispatch, and says nothing of any other: whoever
    moves an entry of a dispatch that is over moves the version on. ``lines`` are
    ``[channel, status, reason, number]``; ``failures``, the commonest first,
    ``[status, reason, detail, number]``; ``zones`` ``[zone, status, number]`` by where
    people lived when their history had come to ``people_as_of``, None where nobody
    has asked yet.
    """

    dispatch = models.OneToOneField(
        Dispatch, models.PROTECT, primary_key=True, related_name="tally"
    )
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField()
    lines = models.JSONField(default=list)
    failures = models.JSONField(default=list)
    zones = models.JSONField(default=list)
    people_as_of = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.dispatch_id}, version {self.version}"
