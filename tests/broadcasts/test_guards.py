"""No guard is there for nothing: each has a test that fails when it is taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from notifications.actions import broadcasts, together
from notifications.actions.broadcasts.ladder import MOST_STEPS
from notifications.audience import Criteria
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Broadcast, NotificationLog, Scenario
from tests.broadcasts import guarded
from tests.broadcasts.guarded import AND, failing_without, held_by
from tests.personas import make_zone

pytestmark = pytest.mark.services

WHY = "Nobody picks up the phone"
STEP = {"minutes": 5, "channels": ["sms"]}


def test_every_guard_is_named_by_a_test_that_fails_without_it():
    for module in Path(__file__).parent.glob("test_*.py"):
        import_module(f"tests.broadcasts.{module.stem}")
    found = guarded.every_guard()
    assert len(found) == len(set(found)), "two guards of one name"
    assert set(found) - guarded.OF_EVERY_MESSAGE == guarded.NAMED


def yes(confirmed: int | None, typed: int | None) -> dict[str, int | None]:
    return {"confirmed_people": confirmed, "typed_people": typed}


@held_by(
    "deciding.approve: require_confirmed",
    "deciding.require_confirmed: confirmed != people",
)
def test_an_approval_names_the_number(submitted, grace):
    with pytest.raises(Refused, match="Tick that it goes to 3 people"):
        broadcasts.approve(submitted, by=grace, **yes(4, 3))


@held_by(
    "deciding.approve: require_confirmed",
    "deciding.require_confirmed: extreme and typed != people",
)
def test_for_danger_to_life_it_is_typed(submitted, grace):
    with pytest.raises(Refused, match="Type 3 to send it"):
        broadcasts.approve(submitted, by=grace, **yes(3, 30))


@held_by("deciding.send_alone: require_confirmed")
def test_who_sends_alone_names_the_number_too(riverside, gas, grace):
    broadcast = broadcasts.create_draft(riverside, gas, by=grace)
    with pytest.raises(Refused, match="Type 3"):
        broadcasts.send_alone(broadcast, by=grace, **yes(3, None))


@held_by("deciding.send_alone: _right")
def test_what_cannot_be_submitted_cannot_be_sent_alone(riverside, gas, grace):
    blanks = {"meeting_point": "???"}
    draft = replace(gas, blanks=blanks)
    broadcast = broadcasts.create_draft(riverside, draft, by=grace)
    with pytest.raises(Refused, match="left open"):
        broadcasts.send_alone(broadcast, by=grace, **yes(3, 3))


def broken(broadcast, by, *, minutes=11, reason=WHY, confirmed=3):
    now = timezone.now() + timedelta(minutes=minutes)
    numbers = yes(confirmed, 3)
    broadcasts.break_glass(broadcast, by=by, reason=reason, now=now, **numbers)


@held_by("glass.break_glass: _may_break", "glass._may_break: now < opens")
def test_the_glass_holds_for_the_minutes_of_the_cluster(submitted, ada):
    with pytest.raises(Refused, match="in 1 minutes"):
        broken(submitted, ada, minutes=9.5)


# There is no moment from which it might: without both it would go at once.
@held_by(f"glass._may_break: opens is None{AND}glass._may_break: now < opens")
def test_the_glass_of_what_is_no_danger_to_life_never_breaks(careful, gas, ada):
    less = replace(gas, severity="Severe")
    broadcast = broadcasts.create_draft(careful, less, by=ada)
    broadcasts.submit(broadcast, by=ada)
    with pytest.raises(NotAllowed, match="Extreme"):
        broken(broadcast, ada)


@held_by("glass.break_glass: len(reason.strip()) < SHORTEST_REASON")
def test_the_glass_asks_for_words(submitted, ada):
    with pytest.raises(Refused, match="why it cannot wait"):
        broken(submitted, ada, reason="now!")


@held_by("glass.break_glass: require_unchanged")
def test_the_glass_lets_out_only_what_was_submitted(submitted, ada):
    Broadcast.objects.filter(pk=submitted.pk).update(minutes=60)
    submitted.refresh_from_db()
    with pytest.raises(Refused, match="not what was submitted"):
        broken(submitted, ada)


@held_by("glass.break_glass: require_confirmed")
def test_the_glass_asks_for_the_number(submitted, ada):
    with pytest.raises(Refused, match="Tick that"):
        broken(submitted, ada, confirmed=30)


@held_by("glass.review: len(note.strip()) < SHORTEST_REASON")
def test_a_review_says_what_was_found(submitted, ada, grace):
    broken(submitted, ada)
    with pytest.raises(Refused, match="Say what you found"):
        broadcasts.review(submitted, by=grace, note="ok")


NOES = {
    "return_to_author": broadcasts.return_to_author,
    "reject": broadcasts.reject,
}


@pytest.mark.parametrize(
    ("no", "without"),
    [
        *((name, "") for name in NOES),
        *(failing_without(f"deciding.{name}: _reason", name) for name in NOES),
        failing_without("deciding._reason: not given.strip()", "reject"),
    ],
    indirect=["without"],
)
def test_a_no_without_a_reason_is_refused(submitted, grace, no):
    with pytest.raises(Refused, match="Say"):
        NOES[no](submitted, by=grace, reason="  ")


@held_by("answering.answer: broadcast is None or not broadcast.wants_answers")
def test_where_nobody_asked_there_is_no_answer(arrived):
    Broadcast.objects.filter(pk=arrived.pk).update(wants_answers=False)
    entry = NotificationLog.objects.filter(dispatch__broadcast=arrived).first()
    with pytest.raises(Refused, match="asks for no answer"):
        broadcasts.answer(entry, "safe")


@held_by(
    "moves.change_if_unchanged: not same.update(version=F('version') + 1, **changes)"
)
def test_who_comes_second_with_an_old_object_moves_nothing(live, grace, mona):
    old = Broadcast.objects.get(pk=live.pk)
    broadcasts.stop(live, by=grace)
    with pytest.raises(MoveRefused, match="nothing was done"):
        broadcasts.stop(old, by=mona, version=old.version)


@held_by(
    "steering.follow_up: purpose not in FOLLOW_UPS or not words_of(broadcast, purpose)"
)
def test_only_what_was_prepared_is_said(live, grace):
    with pytest.raises(Refused, match="Nothing was prepared"):
        broadcasts.follow_up(live, "ladder", by=grace)


@held_by("drafting.create_draft: twin is None or twin.is_drill != is_drill")
def test_the_number_of_a_drill_raises_no_emergency(careful, gas, ada):
    page = uuid4()
    broadcasts.create_draft(careful, gas, by=ada, is_drill=True, composition=page)
    with pytest.raises(Refused, match="used before"):
        broadcasts.create_draft(careful, gas, by=ada, composition=page)


def test_the_number_of_another_clusters_gives_nothing_of_theirs(
    careful, gas, ada, hilltop, mallory
):
    page, zone = uuid4(), make_zone(hilltop, "Hill")
    elsewhere = replace(gas, criteria=Criteria(zones=(zone.pk,)))
    broadcasts.create_draft(hilltop, elsewhere, by=mallory, composition=page)
    mine = broadcasts.create_draft(careful, gas, by=ada, composition=page)
    assert mine.cluster == careful
    assert together.joined(mine, ada) == [mine]


@held_by(
    "drafting.create_draft: _check_parent",
    "drafting._check_parent: parent.cluster_id != cluster.pk",
)
def test_nothing_refers_to_another_clusters(careful, gas, ada, hilltop, mallory):
    theirs = broadcasts.create_draft(
        hilltop, replace(gas, criteria=Criteria(everyone=True)), by=mallory
    )
    with pytest.raises(Refused, match="another cluster"):
        broadcasts.create_draft(careful, gas, by=ada, parent=theirs)


def _of_hilltop(gas, hilltop):
    zone = make_zone(hilltop, "Hill")
    return replace(gas, criteria=Criteria(zones=(zone.pk,)))


def _their_scenario(gas, hilltop):
    theirs = Scenario.objects.create(cluster=hilltop, slug="bees", name="Bees")
    return replace(gas, scenario=theirs)


def _their_tag(gas, hilltop):
    tag = hilltop.tags.create(name="Wardens", name_key="wardens")
    return replace(gas, ladder=(STEP | {"tag": tag.pk},))


LONG = "x" * 121
CHECKED = "drafting.check_draft: "
#: Guard → a draft that nothing else refuses.
WRONG = {
    CHECKED
    + "scenario is not None and scenario.cluster_id not in (None, cluster.pk)": (
        _their_scenario
    ),
    CHECKED + "Zone.objects.filter(cluster=cluster, pk__in=zones).count() "
    "!= len(zones)": _of_hilltop,
    CHECKED + "value not in allowed.values": lambda gas, _hilltop: replace(
        gas, severity="Awful"
    ),
    CHECKED + "not SHORTEST <= draft.minutes <= LONGEST": (
        lambda gas, _hilltop: replace(gas, minutes=4)
    ),
    CHECKED + "not draft.channels": lambda gas, _hilltop: replace(gas, channels=()),
    CHECKED + "(strange := [each for each in draft.channels if each not in known])": (
        lambda gas, _hilltop: replace(gas, channels=("pigeon",))
    ),
    CHECKED + "any((len(text) > LONGEST_BLANK for text in texts))": (
        lambda gas, _hilltop: replace(gas, blanks={"meeting_point": LONG})
    ),
    CHECKED + "check_ladder": lambda gas, _hilltop: replace(
        gas, ladder=(STEP,), channels=("email",)
    ),
    "ladder.check_ladder: used - set(channels)": lambda gas, _hilltop: replace(
        gas, ladder=(STEP,), channels=("email",)
    ),
    "ladder.steps_of: len(given) > MOST_STEPS": lambda gas, _hilltop: replace(
        gas, ladder=(STEP,) * (MOST_STEPS + 1)
    ),
    "ladder.check_ladder: "
    "Tag.objects.filter(cluster=cluster, pk__in=tags).count() != len(tags)": _their_tag,
}
ROWS = [pytest.param(wrong, "", id=name) for name, wrong in WRONG.items()]
ROWS += [failing_without(name, wrong) for name, wrong in WRONG.items()]


@pytest.mark.parametrize(("wrong", "without"), ROWS, indirect=["without"])
def test_a_draft_that_is_wrong_in_one_thing_is_refused(
    careful, gas, ada, hilltop, wrong
):
    with pytest.raises(Refused):
        broadcasts.create_draft(careful, wrong(gas, hilltop), by=ada)


@held_by("drafting.put_down: check_draft")
def test_what_is_wrong_is_not_begun(careful, gas, ada):
    with pytest.raises(Refused):
        broadcasts.create_draft(careful, replace(gas, minutes=4), by=ada)


@held_by("drafting.save_draft: check_draft")
def test_what_is_wrong_is_not_saved(drafted, gas, ada):
    with pytest.raises(Refused):
        broadcasts.save_draft(drafted, replace(gas, minutes=4), by=ada, version=1)
