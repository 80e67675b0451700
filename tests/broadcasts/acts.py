"""Every step that staff can take with an emergency, and who may."""

from __future__ import annotations

from notifications.actions import broadcasts, dispatches, scenarios
from notifications.models import Broadcast, Dispatch, Scenario
from tests.broadcasts.act import Act, Do
from tests.broadcasts.everybody import APPROVERS, AUTHORS, SECOND, WHY, YES, Case
from tests.broadcasts.guarded import AND

TICKED = {"confirmed": "3", "typed": "3"}
REASON = {"reason": WHY}
DETAILS = {
    "severity": "Extreme",
    "urgency": "Immediate",
    "certainty": "Observed",
    "minutes": "60",
    "channels": ["sms", "email"],
    "channel_mode": "first",
}


def alert_of(broadcast: Broadcast) -> Dispatch:
    return broadcast.dispatches.get(purpose="alert")


def says(purpose: str) -> Do:
    return lambda case, one, by, version: broadcasts.follow_up(
        one, purpose, by=by, version=version
    )


def follow_up(
    purpose: str, becomes: str, stages: tuple[str, ...], *, alone: bool = False
) -> Act:
    """``alone``: of what its submitter sent alone, who may correct it too."""
    return Act(
        name=f"{purpose} of what went alone" if alone else purpose,
        stages=("alone", *stages) if alone else (*stages, "alone"),
        may=APPROVERS | {"sam"} if alone else APPROVERS,
        becomes=becomes,
        sends=1,
        do=says(purpose),
        path=f"emergencies/{{uid}}/say/{purpose}/",
        guards=(
            "steering.follow_up: require_steering",
            "hands.require_steering: require_role",
            "steering.follow_up: same",
        ),
    )


def _fire(case: Case) -> Scenario:
    return Scenario.objects.get(cluster=None, slug="fire")


ACTS = (
    Act(
        name="raise",
        may=AUTHORS,
        becomes="draft",
        do=lambda case, one, by, version: broadcasts.create_draft(
            case.cluster, case.draft, by=by
        ),
        path="emergencies/raise/",
        data={"scenario": "gas-leak"},
        versioned=False,
        guards=("drafting.create_draft: require_role",),
    ),
    Act(
        name="edit",
        may=AUTHORS,
        becomes="draft",
        do=lambda case, one, by, version: broadcasts.save_draft(
            one, case.draft, by=by, version=version
        ),
        path="emergencies/{uid}/review/",
        data={"do": "save", **DETAILS},
        guards=(
            "drafting.save_draft: require_role",
            "drafting.save_draft: broadcast.version != version",
        ),
    ),
    Act(
        name="submit",
        may=AUTHORS,
        becomes="submitted",
        do=lambda case, one, by, version: broadcasts.submit(
            one, by=by, version=version
        ),
        path="emergencies/{uid}/review/",
        data={"do": "submit"},
        guards=(
            "deciding.submit: require_role",
            "deciding.submit: same",
            "hands.same: version is not None and broadcast.version != version",
        ),
    ),
    Act(
        name="send alone",
        may=APPROVERS,
        becomes="live",
        sends=1,
        rule=False,
        do=lambda case, one, by, version: broadcasts.send_alone(
            one, by=by, version=version, **YES
        ),
        path="emergencies/{uid}/review/",
        data={"do": "send", **TICKED},
        guards=("deciding.send_alone: require_role", "deciding.send_alone: same"),
    ),
    Act(
        name="approve",
        stages=("submitted",),
        may=SECOND,
        becomes="live",
        sends=1,
        do=lambda case, one, by, version: broadcasts.approve(
            one,
            by=by,
            version=version,
            # As a page of what was never submitted would say it.
            confirmed_people=one.expected_people or 0,
            typed_people=one.expected_people or 0,
        ),
        path="emergencies/{uid}/approve/",
        data=TICKED,
        guards=(
            "deciding.approve: require_second_person",
            "hands.require_second_person: require_role",
            "hands.require_second_person: by.pk in hands_in(broadcast)",
            "deciding.approve: same",
            # Who is no member has no role that could be compared.
            f"guards.require_role: held is None{AND}"
            "guards.require_role: not held.reaches(role)",
        ),
    ),
    Act(
        name="break glass",
        stages=("submitted",),
        may=frozenset({"sam"}),
        becomes="live",
        sends=1,
        do=lambda case, one, by, version: broadcasts.break_glass(
            one,
            by=by,
            reason=WHY,
            version=version,
            confirmed_people=one.expected_people or 0,
            typed_people=one.expected_people or 0,
        ),
        path="emergencies/{uid}/break-glass/",
        data=TICKED | REASON,
        guards=(
            "glass._may_break: by.pk != broadcast.submitted_by_id",
            "glass.break_glass: same",
        ),
    ),
    Act(
        name="review",
        stages=("alone",),
        may=APPROVERS - {"sam"},
        becomes="live",
        do=lambda case, one, by, version: broadcasts.review(
            one, by=by, note=WHY, version=version
        ),
        path="emergencies/{uid}/looked-at/",
        data=REASON,
        guards=(
            "glass.review: require_role",
            "glass.review: by.pk == broadcast.submitted_by_id",
            "glass.review: same",
        ),
    ),
    Act(
        name="return",
        stages=("submitted",),
        may=APPROVERS,
        becomes="draft",
        do=lambda case, one, by, version: broadcasts.return_to_author(
            one, by=by, reason=WHY, version=version
        ),
        path="emergencies/{uid}/return/",
        data=REASON,
        guards=(
            "deciding.return_to_author: require_role",
            "deciding.return_to_author: same",
        ),
    ),
    Act(
        name="reject",
        stages=("submitted",),
        may=APPROVERS,
        becomes="rejected",
        do=lambda case, one, by, version: broadcasts.reject(
            one, by=by, reason=WHY, version=version
        ),
        path="emergencies/{uid}/reject/",
        data=REASON,
        guards=("deciding.reject: require_role", "deciding.reject: same"),
    ),
    Act(
        name="take back",
        stages=("submitted",),
        may=frozenset({"sam", "eddy"}),
        becomes="draft",
        do=lambda case, one, by, version: broadcasts.take_back(
            one, by=by, version=version
        ),
        path="emergencies/{uid}/take-back/",
        guards=(
            "deciding.take_back: not has_a_hand(broadcast, by)",
            "deciding.take_back: same",
        ),
    ),
    Act(
        name="cancel a draft",
        may=AUTHORS,
        becomes="cancelled",
        do=lambda case, one, by, version: broadcasts.cancel(
            one, by=by, reason=WHY, version=version
        ),
        path="emergencies/{uid}/cancel/",
        data=REASON,
        guards=("deciding.cancel: require_role", "deciding.cancel: same"),
    ),
    Act(
        name="cancel what waits",
        stages=("submitted", "draft"),
        may=frozenset({"sam"}),
        becomes="cancelled",
        do=lambda case, one, by, version: broadcasts.cancel(
            one, by=by, reason=WHY, version=version
        ),
        path="emergencies/{uid}/cancel/",
        data=REASON,
        guards=("deciding.cancel: waits and by.pk != broadcast.submitted_by_id",),
    ),
    Act(
        name="stop",
        stages=("live", "alone"),
        may=APPROVERS,
        becomes="stopped",
        do=lambda case, one, by, version: broadcasts.stop(one, by=by, version=version),
        path="emergencies/{uid}/stop/",
        data=REASON,
        # Nobody has to read anything before they stop it: an old page does too.
        page_versioned=False,
        guards=("steering.stop: require_steering", "steering.stop: same"),
    ),
    Act(
        name="stop what went alone",
        stages=("alone", "live"),
        may=APPROVERS | {"sam"},
        becomes="stopped",
        do=lambda case, one, by, version: broadcasts.stop(one, by=by, version=version),
        path="emergencies/{uid}/stop/",
        data=REASON,
        page_versioned=False,
        guards=("hands.require_steering: require_role",),
    ),
    follow_up("update", "live", ("live",)),
    follow_up("all_clear", "ended", ("live", "stopped", "expired")),
    follow_up("sent_in_error", "ended", ("live", "stopped", "expired")),
    follow_up("update", "live", ("live",), alone=True),
    follow_up("sent_in_error", "ended", ("live", "stopped", "expired"), alone=True),
    Act(
        name="mark",
        stages=("live", "alone", "stopped", "ended", "expired"),
        may=AUTHORS,
        becomes="live",
        do=lambda case, one, by, version: broadcasts.mark(
            one, case.cluster.recipients.get(name="Ann"), "safe", by=by
        ),
        path="emergencies/{uid}/muster/{ann}/",
        data={"state": "safe", "seen": ""},
        versioned=False,
        guards=("answering.mark: require_role",),
    ),
    Act(
        name="pause",
        stages=("live", "alone"),
        may=APPROVERS,
        becomes="live",
        do=lambda case, one, by, version: dispatches.pause(alert_of(one), by=by),
        path="announcements/live/{alert}/pause/",
        versioned=False,
        guards=("dispatches.pause: require_role",),
    ),
    Act(
        name="hold back",
        stages=("live", "alone"),
        may=APPROVERS,
        becomes="live",
        do=lambda case, one, by, version: dispatches.cancel(alert_of(one), by=by),
        path="announcements/live/{alert}/cancel/",
        data=REASON,
        versioned=False,
        guards=("dispatches.cancel: require_role",),
    ),
    Act(
        name="make a scenario one's own",
        may=frozenset({"mona"}),
        becomes="draft",
        do=lambda case, one, by, version: scenarios.make_own(
            case.cluster, _fire(case), by=by
        ),
        path="emergencies/scenarios/fire/",
        data={"do": "own"},
        versioned=False,
        guards=("scenarios.make_own: require_role",),
    ),
)
#: What is about a broadcast, and not about what was prepared or its messages.
OF_A_STAGE = tuple(act for act in ACTS if "{uid}" in act.path)
