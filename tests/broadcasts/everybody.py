"""Everybody who might try, and how far an emergency of theirs has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.utils import timezone

from notifications.actions import broadcasts
from notifications.models import (
    Answer,
    Broadcast,
    Cluster,
    Dispatch,
    Membership,
    PublishedAlert,
    Role,
    Scenario,
)
from tests.broadcasts.conftest import fan_out
from tests.personas import join, make_user

YES = {"confirmed_people": 3, "typed_people": 3}
WHY = "Nobody picks up the phone"

#: By what they may do here. sam submitted it and eddy edited it last; both are
#: approvers, and sam runs the whole installation besides.
AUTHORS = frozenset({"ada", "grace", "mona", "sam", "eddy"})
APPROVERS = AUTHORS - {"ada"}
SECOND = APPROVERS - {"sam", "eddy"}
EVERYBODY = (
    "new",
    "mallory",
    "pia",
    "gina",
    "dora",
    "otto",
    *sorted(AUTHORS),
    "nobody",
)
STAGES = (
    "draft",
    "submitted",
    "live",
    "alone",
    "stopped",
    "ended",
    "expired",
    "rejected",
    "cancelled",
)


@dataclass(frozen=True)
class Case:
    """One emergency in a cluster that asks for a second person, and its people."""

    cluster: Cluster
    users: dict[str, Any]
    draft: broadcasts.Draft

    def at(self, stage: str) -> Broadcast:
        """Written by eddy, submitted by sam, and brought so far."""
        sam, eddy, mona = (self.users[name] for name in ("sam", "eddy", "mona"))
        broadcast = broadcasts.create_draft(self.cluster, self.draft, by=eddy)
        if stage == "draft":
            return broadcast
        if stage == "cancelled":
            broadcasts.cancel(broadcast, by=eddy)
            return broadcast
        broadcasts.submit(broadcast, by=sam)
        # Approvers have had their ten minutes.
        asked = timezone.now() - timedelta(minutes=11)
        Broadcast.objects.filter(pk=broadcast.pk).update(submitted_at=asked)
        broadcast.refresh_from_db()
        if stage == "rejected":
            broadcasts.reject(broadcast, by=mona, reason=WHY)
        elif stage == "alone":
            fan_out(broadcasts.break_glass(broadcast, by=sam, reason=WHY, **YES))
        elif stage != "submitted":
            fan_out(broadcasts.approve(broadcast, by=mona, **YES))
            self._ended(broadcast, stage)
        return broadcast

    def _ended(self, broadcast: Broadcast, stage: str) -> None:
        mona = self.users["mona"]
        if stage == "stopped":
            broadcasts.stop(broadcast, by=mona)
        elif stage == "ended":
            broadcasts.follow_up(broadcast, "all_clear", by=mona)
        elif stage == "expired":
            broadcasts.end_expired(timezone.now() + timedelta(hours=5))
            broadcast.refresh_from_db()


@pytest.fixture
def case(world, careful, gas) -> Case:
    users = {
        "nobody": AnonymousUser(),
        "new": make_user("new@example.org", "New"),
        "sam": make_user("sam@example.org", "Sam", is_superuser=True),
        "eddy": make_user("eddy@example.org", "Eddy"),
        "gina": make_user("gina@example.org", "Gina"),
        "dora": make_user("dora@example.org", "Dora", is_active=False),
    }
    for name in ("sam", "eddy", "gina", "dora"):
        join(users[name], careful, Role.MANAGER if name == "gina" else Role.APPROVER)
    Membership.objects.filter(user=users["gina"]).update(active=False)
    known = ("ada", "grace", "mona", "otto", "mallory", "pia")
    users |= {name: getattr(world, name) for name in known}
    assert users.keys() == set(EVERYBODY)
    return Case(careful, users, gas)


@contextmanager
def undone() -> Iterator[None]:
    """What happens in here leaves nothing behind for the next one who tries."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def browser_of(user: Any) -> Client:
    """Signed in, if they can be."""
    client = Client()
    if user.pk:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows(broadcast: Broadcast) -> dict[str, Any]:
    """All that an action may change: what is refused leaves every bit of it alone."""
    one = Broadcast.objects.get(pk=broadcast.pk)
    sent = Dispatch.objects.order_by("pk")
    own = Scenario.objects.exclude(cluster=None).order_by("pk")
    return {
        "status": one.status,
        "version": one.version,
        "history": one.history.count(),
        "broadcasts": Broadcast.objects.count(),
        "dispatches": list(sent.values_list("pk", "status", "version")),
        "in public": PublishedAlert.objects.count(),
        "answers": list(Answer.objects.values_list("recipient", "state")),
        "scenarios": list(own.values_list("pk", "version", "archived_at")),
    }


def messages_of(broadcast: Broadcast) -> int:
    return Dispatch.objects.filter(broadcast=broadcast).count()
