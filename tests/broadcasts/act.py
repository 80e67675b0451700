"""A step that staff take with an emergency: by the action, and by its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from notifications.models import Broadcast
from tests.broadcasts.everybody import Case

#: By whom, and which version they had before them.
Do = Callable[[Case, Broadcast, Any, int], Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """A step: who may take it at which stages, and what it makes of it.

    ``sends`` is how many messages of the broadcast it adds; ``guards`` are those that
    refuse the wrong people and old pages.
    """

    name: str
    may: frozenset[str]
    do: Do
    path: str
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Where it can be taken; the first is where everybody tries.
    stages: tuple[str, ...] = ("draft",)
    becomes: str
    sends: int = 0
    guards: tuple[str, ...] = ()
    #: Whether the cluster asks for a second person.
    rule: bool = True
    #: Whether it is for one version alone, and whether its page says for which.
    versioned: bool = True
    page_versioned: bool = True

    def __str__(self) -> str:
        return self.name

    def post(
        self, client: Client, case: Case, broadcast: Broadcast, version: int
    ) -> HttpResponse:
        """As a page would, or somebody without one."""
        alert = broadcast.dispatches.filter(purpose="alert").first()
        path = self.path.format(
            uid=broadcast.uid,
            alert=alert.uid if alert else broadcast.uid,
            ann=case.cluster.recipients.get(name="Ann").pk,
            zone=case.draft.criteria.zones[0],
        )
        given = {"zones": list(case.draft.criteria.zones)} | dict(self.data)
        given["version"] = version
        return client.post(f"/c/riverside/admin/{path}", given)
