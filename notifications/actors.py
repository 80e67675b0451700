"""Who is doing what is being done: every row of history names its actor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActorKind(TextChoices):
    STAFF = "staff", _("Staff")
    WORKER = "worker", _("Worker")
    PROVIDER = "provider", _("Provider")
    PERSON = "person", _("Person")
    APPLICATION = "program", _("Application")
    SYSTEM = "system", _("Tocsin")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts; ``label`` is what staff read."""

    kind: ActorKind
    id: int | None = None
    label: str = ""

    @classmethod
    def staff(cls, user: Any) -> Actor:
        """A signed-in user, by the name their colleagues know."""
        return cls(ActorKind.STAFF, user.pk, user.get_full_name() or user.email)

    @classmethod
    def application(cls, name: str) -> Actor:
        """Something outside that tells us what happened, by the name it gives."""
        return cls(ActorKind.APPLICATION, None, name)


SYSTEM = Actor(ActorKind.SYSTEM, None, "Tocsin")

_current: ContextVar[Actor] = ContextVar("tocsin_actor", default=SYSTEM)


def current_actor() -> Actor:
    """The actor in force; Tocsin itself where nobody else said so."""
    return _current.get()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Put this actor's name on every history row written inside."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
