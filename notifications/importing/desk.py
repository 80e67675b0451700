"""What all chunks of one rehearsal or commit share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifications.importing.places import Tags, Zones
from notifications.models import Cluster


@dataclass
class Desk:
    """Where one run works: its cluster, its columns, and who was seen so far."""

    cluster: Cluster
    columns: Mapping[str, list[int]]
    reason: str
    dry_run: bool
    #: Person → the first row of the file that spoke of them.
    taken: dict[int, int] = field(default_factory=dict)
    zones: Zones = field(init=False)
    tags: Tags = field(init=False)

    def __post_init__(self) -> None:
        self.zones = Zones(self.cluster, dry_run=self.dry_run, reason=self.reason)
        self.tags = Tags(self.cluster, dry_run=self.dry_run)

    def column_of(self, key: str) -> int | None:
        """The column that feeds a field."""
        near = ("first_name", "last_name") if key == "name" else ()
        for name in (key, *near):
            if columns := self.columns.get(name):
                return columns[0]
        return None

    def reload(self, taken: Mapping[int, int]) -> None:
        """Forget what a rolled-back transaction had made and claimed."""
        self.taken = dict(taken)
        self.zones.reload()
        self.tags.reload()
