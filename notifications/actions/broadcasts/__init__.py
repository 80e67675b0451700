"""Emergencies: drafted, approved, live, answered, ended; and the drills of them."""

from notifications.audience import Coverage
from notifications.exporting.incident import Measures, measures_of

from .answering import answer, listens_until, mark, remind, still_listens
from .bypassing import Month, count_bypasses, disturbed_by, months, overridden_by
from .catching_up import catch_up
from .chasing import chase, review_due
from .climbing import Rung, climb, next_step, simulate, taken_over_by
from .deciding import (
    approve,
    cancel,
    reject,
    return_to_author,
    send_alone,
    submit,
    take_back,
)
from .drafting import Draft, create_draft, draft_from_scenario, draft_of, save_draft
from .glass import break_glass, glass_from, review
from .hands import hands_in, may_steer, require_second_person, require_steering
from .ladder import narrowed
from .looking import binding, findings, letters_of, prepared, problems, reach_of
from .steering import end_expired, follow_up, may_still_end, stop
from .wording import ways_of

__all__ = [
    "Coverage",
    "Draft",
    "Measures",
    "Month",
    "Rung",
    "answer",
    "approve",
    "binding",
    "break_glass",
    "cancel",
    "catch_up",
    "chase",
    "climb",
    "count_bypasses",
    "create_draft",
    "disturbed_by",
    "draft_from_scenario",
    "draft_of",
    "end_expired",
    "findings",
    "follow_up",
    "glass_from",
    "hands_in",
    "letters_of",
    "listens_until",
    "mark",
    "may_steer",
    "may_still_end",
    "measures_of",
    "months",
    "narrowed",
    "next_step",
    "overridden_by",
    "prepared",
    "problems",
    "reach_of",
    "reject",
    "remind",
    "require_second_person",
    "require_steering",
    "return_to_author",
    "review",
    "review_due",
    "save_draft",
    "send_alone",
    "simulate",
    "still_listens",
    "stop",
    "submit",
    "take_back",
    "taken_over_by",
    "ways_of",
]
