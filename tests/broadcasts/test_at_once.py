"""Twenty at the same moment make one move, and each of the others is told why."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections, transaction

from notifications import scope
from notifications.actions import broadcasts
from notifications.errors import TocsinError
from notifications.models import Answer, Broadcast, PublishedAlert, Role
from tests.broadcasts.act import Act
from tests.broadcasts.acts import ACTS, OF_A_STAGE
from tests.broadcasts.everybody import Case, messages_of
from tests.broadcasts.everybody import case as case
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.personas import join, make_user

pytestmark = pytest.mark.services

MANY = 20
PATIENCE = 120
DONE = "done"
#: What is said to whoever comes too late: nothing was done, and where it stands.
SAID = (
    "so nothing was done",
    "eload the page to see how it stands",
    "See who did what",
    "nothing to review here any more",
    "cannot be updated",
    "no draft",
)

Press = Callable[[Case, Broadcast, Any], object]


@pytest.fixture
def on_disk(transactional_db, tmp_path):
    """SQLite in a file, as when it serves: in memory all would share one connection."""
    memory = connections["default"]
    if memory.vendor != "sqlite":
        yield
        return
    name, path = memory.settings_dict["NAME"], str(tmp_path / "tocsin.sqlite3")
    memory.ensure_connection()
    memory.connection.execute("VACUUM INTO ?", [path])
    memory.settings_dict["NAME"] = path
    connections["default"] = connections.create_connection("default")
    # Twenty wait for each other: a busy machine is no failure of the product.
    options = memory.settings_dict["OPTIONS"]
    patience, options["timeout"] = options["timeout"], PATIENCE
    yield
    options["timeout"] = patience
    connections["default"].close()
    memory.settings_dict["NAME"] = name
    connections["default"] = memory


@pytest.fixture
def staff(on_disk, quiet_bell, careful) -> list[Any]:
    """Twenty approvers who have had no hand in anything."""
    users = [make_user(f"approver{n}@example.org", f"A{n}") for n in range(MANY)]
    for user in users:
        join(user, careful, Role.APPROVER)
    return users


def at_once(
    case: Case, broadcast: Broadcast, presses: list[tuple[Any, Press]]
) -> list[str]:
    """What each was told; all had the page before them when the first one pressed."""
    told: list[str] = []
    ready = threading.Barrier(len(presses))

    def press(one: Broadcast, user: Any, act: Press) -> None:
        try:
            ready.wait(PATIENCE)
            with scope.every_cluster():
                act(case, one, user)
            told.append(DONE)
        except TocsinError as refused:
            told.append(str(refused))
        finally:
            connections.close_all()

    pages = Broadcast.objects.select_related("cluster")
    threads = [
        threading.Thread(target=press, args=(pages.get(pk=broadcast.pk), *each))
        for each in presses
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(told) == len(presses), "somebody got an error that is no answer"
    broadcast.refresh_from_db()
    return told


def late(told: list[str]) -> list[str]:
    """What the others were told that says nothing of who was faster."""
    said = [each for each in told if each != DONE]
    return [each for each in said if not any(part in each for part in SAID)]


def pressing(act: Act) -> Press:
    return lambda case, one, user: act.do(case, one, user, one.version)


def hands(act: str, case: Case, staff: list[Any]) -> list[Any]:
    """Twenty people; twenty tabs of one where nobody else may."""
    alone = ("take back", "cancel what waits", "break glass")
    return [case.users["sam"]] * MANY if act in alone else staff


@pytest.mark.parametrize("act", [act for act in OF_A_STAGE if act.versioned], ids=str)
def test_twenty_press_and_one_moves_it(staff, case, act):
    broadcast = case.at(act.stages[0])
    case.cluster.requires_approval = act.rule
    case.cluster.save()
    steps, said = broadcast.history.count(), messages_of(broadcast)
    users = hands(act.name, case, staff)
    told = at_once(case, broadcast, [(user, pressing(act)) for user in users])
    assert told.count(DONE) == 1
    assert late(told) == []
    assert broadcast.status == act.becomes
    assert broadcast.history.count() == steps + 1
    assert messages_of(broadcast) == said + act.sends
    published = PublishedAlert.objects.filter(broadcast=broadcast)
    assert published.count() == said + act.sends


def test_twenty_put_the_same_person_down_and_one_does(staff, case):
    def mark(case: Case, one: Broadcast, user: Any) -> object:
        ann = case.cluster.recipients.get(name="Ann")
        return broadcasts.mark(one, ann, "safe", by=user, seen="")

    told = at_once(case, case.at("live"), [(user, mark) for user in staff])
    assert told.count(DONE) == 1
    assert sum("has answered since" in each for each in told) == MANY - 1
    assert Answer.objects.get().history.count() == 1


def take_back_and_edit(case: Case, one: Broadcast, user: Any) -> object:
    with transaction.atomic():
        broadcasts.take_back(one, by=user)
        other = replace(case.draft, minutes=60)
        return broadcasts.save_draft(one, other, by=user, version=one.version)


PRESSES = {act.name: pressing(act) for act in ACTS}
PRESSES["take back and edit"] = take_back_and_edit
#: Two steps that exclude each other: status → how many messages it has then.
PAIRS: list[tuple[str, str, str, dict[str, int]]] = [
    ("submitted", "approve", "take back", {"live": 1, "draft": 0}),
    ("submitted", "approve", "take back and edit", {"live": 1, "draft": 0}),
    ("submitted", "approve", "return", {"live": 1, "draft": 0}),
    ("submitted", "approve", "reject", {"live": 1, "rejected": 0}),
    ("submitted", "approve", "cancel what waits", {"live": 1, "cancelled": 0}),
    ("submitted", "approve", "break glass", {"live": 1}),
    ("submitted", "break glass", "return", {"live": 1, "draft": 0}),
    ("draft", "submit", "edit", {"submitted": 0, "draft": 0}),
    ("live", "stop", "update", {"stopped": 1, "live": 2}),
    ("live", "stop", "all_clear", {"stopped": 1, "ended": 2}),
    ("live", "all_clear", "sent_in_error", {"ended": 2}),
]


@pytest.mark.parametrize(("stage", "one", "other", "after"), PAIRS)
def test_of_two_steps_at_once_one_is_taken(staff, case, stage, one, other, after):
    broadcast = case.at(stage)
    minutes = broadcast.minutes
    left, right = (
        hands(each.removesuffix(" and edit"), case, staff) for each in (one, other)
    )
    half = MANY // 2
    told = at_once(
        case,
        broadcast,
        [(user, PRESSES[one]) for user in left[:half]]
        + [(user, PRESSES[other]) for user in right[half:]],
    )
    assert told.count(DONE) == 1
    assert late(told) == []
    assert messages_of(broadcast) == after[broadcast.status]
    if broadcast.status == "live":
        assert broadcast.minutes == minutes, "what went is what was read"
