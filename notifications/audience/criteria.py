"""The audience as staff chose it: criteria, never a list of people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.alerting import ContactKind
from notifications.errors import TocsinError


class InvalidCriteria(TocsinError):
    """What was stored or sent as an audience is none."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Who is meant.

    Within ``zones``, ``tags`` or ``languages`` any one is enough; between them all
    must hold. A zone includes all below it. ``everyone`` makes these three
    irrelevant. Nothing chosen means nobody. ``failed_of`` is the key of a dispatch
    whose failed entries are meant; ``reached_of`` that of a broadcast whose people have
    it, or may; ``silent_in`` that of one which they have not answered; ``part_of`` that
    of a drill, outside of which nobody is meant; ``contacts`` is a kind of
    contact: not all these people are meant, but whom they name as such.
    ``not_told_in`` are dispatches of which nobody is meant who has heard by one.
    ``only_recipients`` are staff: a test to oneself, or an alert.
    """

    everyone: bool = False
    zones: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    exclude_zones: tuple[int, ...] = ()
    exclude_tags: tuple[int, ...] = ()
    exclude_recipients: tuple[int, ...] = ()
    failed_of: int | None = None
    reached_of: int | None = None
    silent_in: int | None = None
    part_of: int | None = None
    not_told_in: tuple[int, ...] = ()
    contacts: str = ""
    only_recipients: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen, so that nobody is meant."""
        chosen = self.everyone or self.zones or self.tags or self.languages
        keys = (self.failed_of, self.reached_of)
        return not (chosen or self.only_recipients or any(keys))

    @property
    def hash(self) -> str:
        """The same for the same choice, in whatever order it was made."""
        return sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Only what was chosen, as JSON can hold it."""
        found: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, tuple):
                value = sorted(set(value))
            if value not in (False, None, [], ""):
                found[each.name] = value
        return found

    @classmethod
    def from_json(cls, data: Any) -> Criteria:
        """Read what ``to_json`` wrote; raises InvalidCriteria."""
        if not isinstance(data, Mapping):
            raise InvalidCriteria(_UNREADABLE)
        known = {each.name for each in fields(cls)}
        if unknown := sorted(set(data) - known):
            sentence = _("The audience has a part that is not known: %(names)s.")
            raise InvalidCriteria(sentence % {"names": ", ".join(unknown)})
        return cls(**{name: _read(name, value) for name, value in data.items()})


_UNREADABLE = _("The audience cannot be read. Choose it again.")
_LISTS = {
    "zones",
    "tags",
    "exclude_zones",
    "exclude_tags",
    "exclude_recipients",
    "only_recipients",
    "not_told_in",
}


def _read(name: str, value: Any) -> Any:
    if name == "everyone":
        return _one_of(value, bool)
    if name == "contacts":
        return _kind(value)
    if name == "languages":
        return tuple(sorted({_one_of(each, str) for each in _list(value)}))
    if name in _LISTS:
        return tuple(sorted({_one_of(each, int) for each in _list(value)}))
    return None if value is None else _one_of(value, int)


def _kind(value: Any) -> str:
    if value not in ("", *ContactKind.values):
        raise InvalidCriteria(_UNREADABLE)
    return str(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidCriteria(_UNREADABLE)
    return list(value)


def _one_of(value: Any, kind: type) -> Any:
    # A bool is an int in Python, and not a key.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidCriteria(_UNREADABLE)
    return value
