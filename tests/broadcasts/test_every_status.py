"""Which step can be taken when: each is tried at every stage, by who may take it."""

from __future__ import annotations

import pytest

from notifications.errors import TocsinError
from notifications.models import Broadcast, Cluster
from tests.broadcasts.act import Act
from tests.broadcasts.acts import OF_A_STAGE
from tests.broadcasts.everybody import STAGES, Case, browser_of, rows, undone
from tests.broadcasts.everybody import case as case
from tests.broadcasts.guarded import AND, failing_without

pytestmark = pytest.mark.services

#: What refuses a step at a stage where nothing else would; or two that overlap.
GUARDS = {
    "draft": (
        # The table lets a draft go live: where one person may.
        "deciding.approve: require_waiting"
        + AND
        + "deciding.approve: require_unchanged",
        "deciding.require_waiting: broadcast.status != _S.SUBMITTED"
        + AND
        + "deciding.approve: require_unchanged",
        "glass.break_glass: require_waiting"
        + AND
        + "glass.break_glass: _may_break"
        + AND
        + "glass.break_glass: require_unchanged",
        # What is a draft already would be returned to one.
        "deciding.return_to_author: require_waiting" + AND + "moves.move: guard",
        "deciding.take_back: require_waiting" + AND + "moves.move: guard",
        "deciding.reject: require_waiting" + AND + "moves.move: guard",
    ),
    "live": (
        "drafting.save_draft: broadcast.status != BroadcastStatus.DRAFT",
        "glass.review: not broadcast.broke_glass or broadcast.reviewed_at is not None",
        "moves.move: guard",
        "lifecycle.guard: not allowed(moves, old, new)",
    ),
    "stopped": (
        "steering.follow_up: _still_live",
        "steering._still_live: broadcast.status != _S.LIVE",
    ),
    "submitted": (
        "answering.mark: broadcast.live_at is None",
        # The table lets it go live: by a second person.
        "deciding.send_alone: _drafted",
        "deciding._drafted: broadcast.status != _S.DRAFT",
    ),
}
ROWS = [pytest.param(stage, "", id=stage) for stage in STAGES]
ROWS += [failing_without(each, stage) for stage in GUARDS for each in GUARDS[stage]]


def taken(act: Act, case: Case, one: Broadcast, *, by_post: bool) -> bool:
    """Whether it was done by somebody who may; no row moved where it was not."""
    user = case.users[min(act.may)]
    before = rows(one)
    with undone():
        Cluster.objects.filter(pk=case.cluster.pk).update(requires_approval=act.rule)
        fresh = Broadcast.objects.get(pk=one.pk)
        if by_post:
            answer = act.post(browser_of(user), case, one, one.version)
            assert answer.status_code in (302, 401, 403, 404, 409), f"{act}: {answer}"
        else:
            try:
                act.do(case, fresh, user, one.version)
            except TocsinError:
                assert rows(one) == before
        return rows(one) != before


@pytest.mark.parametrize(("stage", "without"), ROWS, indirect=["without"])
def test_every_step_is_tried_at_every_stage(case, stage):
    one = case.at(stage)
    expected = {act.name for act in OF_A_STAGE if stage in act.stages}
    by_code = {act.name for act in OF_A_STAGE if taken(act, case, one, by_post=False)}
    assert by_code == expected
    by_post = {act.name for act in OF_A_STAGE if taken(act, case, one, by_post=True)}
    assert by_post == expected
