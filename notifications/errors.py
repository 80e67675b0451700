"""What can go wrong, in sentences for the person who has to act on it."""

from __future__ import annotations

from django.utils.functional import Promise


class TocsinError(Exception):
    """Base of every error whose text may be shown to staff as it is."""

    def __init__(self, sentence: str | Promise = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Refused(TocsinError):
    """An action's guard said no; the sentence says why and what to do next."""


class NotAllowed(Refused):
    """The person's role in this cluster does not reach far enough."""


class MoveRefused(Refused):
    """A lifecycle does not allow this move, or somebody else was first."""


class ScopeMissing(RuntimeError):
    """A tenant's rows were asked for while no scope was set: a programming error."""
