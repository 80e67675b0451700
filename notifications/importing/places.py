"""The zones and tags that a file names: known, promised in a rehearsal, or made."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, Final

from django.utils.translation import gettext as _

from notifications.errors import TocsinError
from notifications.fingerprints import name_key
from notifications.models import Cluster, Tag, Zone

_INSIDE = re.compile(r"\s*[/>›]\s*")
_BETWEEN: Final = " / "


class UnclearZone(TocsinError):
    """Several zones have that name, none of them at the top."""


class Zones:
    """A cluster's zones by the words of a file.

    ``made`` are the names of those that the file brings. In a rehearsal nothing is
    written: what would be made has a negative key.
    """

    def __init__(self, cluster: Cluster, *, dry_run: bool, reason: str) -> None:
        self._cluster, self._dry_run, self._reason = cluster, dry_run, reason
        self.made: list[str] = []
        self.reload()

    def reload(self) -> None:
        """Look again at what is there: after a transaction that was rolled back."""
        self._paths: dict[tuple[str, ...], int] = {}
        self._keys: dict[str, list[int]] = defaultdict(list)
        self._names: dict[int, str] = {}
        self._seen: dict[str, int] = {}
        above: dict[int | None, tuple[str, ...]] = {None: ()}
        zones = Zone.objects.filter(cluster=self._cluster).order_by("path")
        for pk, name, key, parent in zones.values_list(
            "pk", "name", "name_key", "parent_id"
        ):
            above[pk] = (*above.get(parent, ()), key)
            inside = self._names.get(parent or 0, "")
            self._names[pk] = f"{inside}{_BETWEEN}{name}" if inside else name
            self._paths[above[pk]] = pk
            self._keys[key].append(pk)

    def key_of(self, text: str) -> int:
        """The key of the zone that is meant; raises UnclearZone."""
        known = self._seen.get(text)
        if known is None:
            known = self._find(text)
            self._seen[text] = self._make(text) if known is None else known
        return self._seen[text]

    def check(self, text: str) -> None:
        """Raise UnclearZone where nobody could say which zone is meant."""
        if text not in self._seen:
            self._find(text)

    def name_of(self, key: int | None) -> str:
        """A zone as people read it, with those it lies in."""
        return self._names.get(key or 0, "")

    def _find(self, text: str) -> int | None:
        path = tuple(name_key(part) for part in _INSIDE.split(text))
        if path in self._paths:
            return self._paths[path]
        whole = (name_key(text),)
        if whole in self._paths:
            return self._paths[whole]
        named = self._keys.get(path[-1], [])
        fitting = [pk for pk in named if len(path) == 1 or self._ends_with(pk, path)]
        if len(fitting) > 1:
            raise UnclearZone(
                _(
                    "%(count)s zones are called “%(zone)s”. Write the one above it "
                    "as well, such as “%(example)s”."
                )
                % {
                    "count": len(fitting),
                    "zone": text,
                    "example": self._names[fitting[0]],
                }
            )
        return fitting[0] if fitting else None

    def _ends_with(self, pk: int, path: tuple[str, ...]) -> bool:
        parts = tuple(name_key(part) for part in self._names[pk].split(_BETWEEN))
        return parts[-len(path) :] == path

    def _make(self, text: str) -> int:
        self.made.append(text)
        key = -len(self.made)
        if not self._dry_run:
            zone: Any = Zone(cluster=self._cluster, name=text)
            zone._change_reason = f"Added: {self._reason}"
            zone.save()
            key = zone.pk
        self._names[key] = text
        self._paths[(name_key(text),)] = key
        self._keys[name_key(text)].append(key)
        return key


class Tags:
    """A cluster's tags by their folded names; ``made`` are those the file brings."""

    def __init__(self, cluster: Cluster, *, dry_run: bool) -> None:
        self._cluster, self._dry_run = cluster, dry_run
        self.made: list[str] = []
        self.reload()

    def reload(self) -> None:
        """Look again at what is there: after a transaction that was rolled back."""
        tags = Tag.objects.filter(cluster=self._cluster)
        self._keys: dict[str, int] = dict(tags.values_list("name_key", "pk"))

    def key_of(self, name: str) -> int:
        """The key of a tag, which is made if there is none; negative in a rehearsal."""
        folded = name_key(name)
        if folded not in self._keys:
            self.made.append(name)
            self._keys[folded] = -len(self.made) if self._dry_run else self._make(name)
        return self._keys[folded]

    def _make(self, name: str) -> int:
        made, _new = Tag.objects.get_or_create(
            cluster=self._cluster, name_key=name_key(name), defaults={"name": name}
        )
        return int(made.pk)
