"""Who may take which step: everybody tries each, by the action and by a forged POST."""

from __future__ import annotations

import pytest

from notifications.actions import broadcasts
from notifications.errors import NotAllowed, TocsinError
from notifications.models import Broadcast, Cluster, Membership
from tests.broadcasts.act import Act
from tests.broadcasts.acts import ACTS
from tests.broadcasts.everybody import (
    EVERYBODY,
    WHY,
    YES,
    Case,
    browser_of,
    messages_of,
    rows,
    undone,
)
from tests.broadcasts.everybody import case as case
from tests.broadcasts.guarded import failing_without, held_by

pytestmark = pytest.mark.services

ROWS = [pytest.param(act, "", id=act.name) for act in ACTS]
ROWS += [failing_without(guard, act) for act in ACTS for guard in act.guards]


class Try:
    """One step with one emergency, taken by whoever, and undone."""

    def __init__(self, act: Act, case: Case) -> None:
        self.act, self.case = act, case
        Cluster.objects.filter(pk=case.cluster.pk).update(requires_approval=True)
        self.one = case.at(act.stages[0])
        case.cluster.requires_approval = act.rule
        case.cluster.save()
        self.browsers = {name: browser_of(case.users[name]) for name in EVERYBODY}
        self.before, self.said = rows(self.one), messages_of(self.one)

    def by_code(self, name: str, version: int) -> bool:
        """Whether it was done; what was refused left every row as it was."""
        with undone():
            one = Broadcast.objects.get(pk=self.one.pk)
            try:
                self.act.do(self.case, one, self.case.users[name], version)
            except TocsinError:
                assert rows(one) == self.before, f"{name} was refused half way"
                return False
            self.assert_done(name)
        return True

    def by_post(self, name: str, version: int) -> bool:
        with undone():
            browser = self.browsers[name]
            answer = self.act.post(browser, self.case, self.one, version)
            assert answer.status_code in (302, 401, 403, 404, 409), f"{name}: {answer}"
            if rows(self.one) == self.before:
                return False
            assert answer.status_code == 302
            self.assert_done(name)
            if rows(self.one)["version"] != self.before["version"]:
                step = self.one.history.latest("history_id")
                assert step.history_user_id == self.case.users[name].pk
        return True

    def assert_done(self, name: str) -> None:
        now = rows(self.one)
        assert now != self.before, f"{name} was let in, and nothing happened"
        assert now["status"] == self.act.becomes
        moved = now["version"] - self.before["version"]
        assert now["history"] - self.before["history"] == moved
        assert messages_of(self.one) - self.said == self.act.sends


@pytest.mark.parametrize(("act", "without"), ROWS, indirect=["without"])
def test_everybody_tries_by_code_and_by_a_forged_post(act, case):
    tried = Try(act, case)
    version = tried.one.version
    for name in EVERYBODY:
        assert tried.by_code(name, version) == (name in act.may), name
    if act.versioned:
        for name in act.may:
            assert not tried.by_code(name, version - 1), f"{name} read another version"
    for name in EVERYBODY:
        assert tried.by_post(name, version) == (name in act.may), name
    insists = act.versioned and act.page_versioned
    for name in act.may:
        assert tried.by_post(name, version - 1) != insists, f"{name}, from an old page"


@held_by("glass.break_glass: require_role", "glass.review: require_role")
def test_who_was_taken_off_meanwhile_does_nothing_of_what_was_theirs(case):
    waiting, sent = case.at("submitted"), case.at("alone")
    Membership.objects.filter(user__first_name__in=["Sam", "Grace"]).update(
        active=False
    )
    with pytest.raises(NotAllowed):
        broadcasts.break_glass(waiting, by=case.users["sam"], reason=WHY, **YES)
    with pytest.raises(NotAllowed):
        broadcasts.review(sent, by=case.users["grace"], note=WHY)


@held_by("deciding.take_back: require_role")
def test_who_was_taken_off_meanwhile_takes_nothing_back(case):
    waiting = case.at("submitted")
    Membership.objects.filter(user=case.users["sam"]).update(active=False)
    with pytest.raises(NotAllowed):
        broadcasts.take_back(waiting, by=case.users["sam"])
