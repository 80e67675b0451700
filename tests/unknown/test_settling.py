"""The unknown ones of a whole cluster: sent again or closed, in bulk, with a reason."""

from __future__ import annotations

import pytest
from django.test import Client

from notifications.actions import unknown
from notifications.errors import NotAllowed, Refused
from notifications.lifecycle import DispatchStatus
from notifications.models import Dispatch, NotificationLog
from tests import flow
from tests.delivery.scripted import answering
from tests.delivery.scripted import unknown as no_word
from tests.personas import make_people

WHERE = "/c/riverside/admin/delivery/unknown/"


@pytest.fixture
def lost(riverside, monkeypatch):
    """``lost("Lift works", 3)``: a message that may or may not have reached three."""

    def send(title: str, number: int, cluster=riverside) -> Dispatch:
        have = cluster.recipients.count()
        make_people(cluster, max(number - have, 0))
        answering(monkeypatch, no_word)
        dispatch = flow.fanned_out(cluster)
        Dispatch.objects.filter(pk=dispatch.pk).update(title=title)
        flow.deliver()
        dispatch.refresh_from_db()
        return dispatch

    return send


@pytest.fixture
def opened():
    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def keys(dispatch: Dispatch) -> list[int]:
    entries = flow.entries(dispatch).filter(status="unknown")
    return list(entries.values_list("pk", flat=True))


@pytest.mark.services
def test_some_of_several_messages_are_closed_at_once(lost, riverside, ada):
    lift, water = lost("Lift works", 3), lost("Water off", 3)
    chosen = [*keys(lift)[:2], *keys(water)[:1]]
    told = unknown.close(riverside, by=ada, reason="They have it", entries=chosen)
    assert told.count == 3
    assert flow.statuses(lift) == {"failed": 2, "unknown": 1}
    assert flow.statuses(water) == {"failed": 1, "unknown": 2}
    entry = NotificationLog.objects.get(pk=chosen[0])
    last = NotificationLog.history.filter(id=entry.pk).order_by("-history_id")[0]
    assert last.history_change_reason == "Closed: They have it"


@pytest.mark.services
def test_all_of_one_message_go_again_and_no_other(lost, riverside, ada):
    lift, water = lost("Lift works", 3), lost("Water off", 3)
    told = unknown.resend(riverside, by=ada, reason="Nobody has it", dispatch=lift)
    assert told.count == 3
    assert flow.statuses(lift) == {"retrying": 3}
    assert flow.statuses(water) == {"unknown": 3}


@pytest.mark.services
def test_all_of_the_cluster_and_of_no_other(lost, riverside, hilltop, ada):
    lift, theirs = lost("Lift works", 2), lost("Fire drill", 2, hilltop)
    assert unknown.close(riverside, by=ada, reason="Old").count == 2
    assert flow.statuses(lift) == {"failed": 2}
    assert flow.statuses(theirs) == {"unknown": 2}


def test_keys_of_another_cluster_choose_nothing(lost, riverside, hilltop, ada):
    theirs = lost("Fire drill", 2, hilltop)
    with pytest.raises(Refused, match="None of these is unknown any more"):
        unknown.close(riverside, by=ada, reason="Mine", entries=keys(theirs))
    assert flow.statuses(theirs) == {"unknown": 2}


def test_a_message_that_is_over_keeps_back_no_other(lost, riverside, ada):
    lift, water = lost("Lift works", 2), lost("Water off", 2)
    Dispatch.objects.filter(pk=lift.pk).update(status=DispatchStatus.CANCELLED)
    told = unknown.resend(riverside, by=ada, reason="Nobody has it")
    assert told.count == 2
    ((refused, why),) = told.refused
    assert refused == lift
    assert "nothing of it can be sent again" in why
    assert flow.statuses(lift) == {"unknown": 2}
    assert flow.statuses(water) == {"retrying": 2}


def test_it_takes_an_author_and_a_reason(lost, riverside, otto, ada):
    lift = lost("Lift works", 2)
    with pytest.raises(NotAllowed):
        unknown.close(riverside, by=otto, reason="I am only looking")
    with pytest.raises(Refused, match="goes on record"):
        unknown.close(riverside, by=ada, reason="  ")
    assert flow.statuses(lift) == {"unknown": 2}


def test_the_page_lists_who_what_since_when_and_why(lost, opened, otto):
    lost("Lift works", 2)
    page = opened(otto).get(WHERE).text
    assert "Person 0001" in page
    assert "Lift works" in page
    assert "no word" in page
    assert "just now" in page
    # An auditor looks, and decides nothing.
    assert "Send again" not in page
    assert opened(otto).post(WHERE, {"all": "1", "reason": "x"}).status_code == 403


def test_one_says_in_a_sentence_what_goes_again_by_itself(lost, opened, ada):
    lost("Lift works", 2)
    assert (
        "an emergency once, since a double beats a miss" in opened(ada).get(WHERE).text
    )


def test_it_can_be_narrowed_to_one_message(lost, opened, ada):
    lift, water = lost("Lift works", 2), lost("Water off", 3)
    page = opened(ada).get(WHERE, {"dispatch": water.pk})
    assert page.context["count"] == 3
    assert "All 3 of this message" in page.text
    assert f'href="{WHERE}?dispatch={lift.pk}"' in page.text


def test_ticked_ones_are_settled_and_the_rest_stays(lost, opened, ada):
    lift = lost("Lift works", 3)
    first, *rest = keys(lift)
    form = {"entries": [first], "do": "resend", "reason": "Anna has it not"}
    answer = opened(ada).post(WHERE, form, follow=True)
    assert "Sent again to 1 person." in answer.text
    assert flow.statuses(lift) == {"retrying": 1, "unknown": 2}
    assert keys(lift) == rest


def test_all_of_this_message_is_one_tick(lost, opened, ada):
    lift, water = lost("Lift works", 3), lost("Water off", 3)
    form = {"all": "1", "do": "close", "reason": "Too late now"}
    answer = opened(ada).post(f"{WHERE}?dispatch={lift.pk}", form, follow=True)
    assert "Closed as failed: 3 people." in answer.text
    assert "Of everybody in this message it is known" in answer.text
    assert flow.statuses(lift) == {"failed": 3}
    assert flow.statuses(water) == {"unknown": 3}


def test_more_than_a_page_are_settled_by_the_same_tick(lost, opened, ada, monkeypatch):
    monkeypatch.setattr("console.delivery.views.unknown.PAGE", 2)
    lift = lost("Lift works", 5)
    client = opened(ada)
    assert len(client.get(WHERE).context["lines"]) == 2
    client.post(WHERE, {"all": "1", "do": "close", "reason": "Too late now"})
    assert flow.statuses(lift) == {"failed": 5}


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"do": "close", "reason": "Why not"}, "Nobody is ticked."),
        ({"do": "close", "reason": "Why not", "entries": ["9" * 5000]}, "Nobody is"),
        ({"do": "close", "all": "1"}, "it goes on record"),
    ],
)
def test_what_is_missing_is_said_and_nothing_done(lost, opened, ada, form, says):
    lift = lost("Lift works", 2)
    assert says in opened(ada).post(WHERE, form).text
    assert flow.statuses(lift) == {"unknown": 2}


def test_ticks_are_kept_when_the_reason_was_forgotten(lost, opened, ada):
    lift = lost("Lift works", 2)
    first, _second = keys(lift)
    page = opened(ada).post(WHERE, {"do": "close", "entries": [first]}).text
    assert page.count(" checked>") == 1


def test_what_could_not_be_done_is_told_by_message(lost, opened, ada):
    lift = lost("Lift works", 2)
    Dispatch.objects.filter(pk=lift.pk).update(status=DispatchStatus.EXPIRED)
    form = {"all": "1", "do": "resend", "reason": "Please"}
    answer = opened(ada).post(WHERE, form, follow=True)
    assert "“Lift works”: This is over" in answer.text


def test_with_nothing_unknown_the_page_says_what_belongs_there(riverside, opened, otto):
    page = opened(otto).get(WHERE).text
    assert "Nothing to settle" in page
    assert "show here: to send to again, or to close" in page


@pytest.mark.parametrize("dispatch", ["x", "0", "9" * 30])
def test_a_message_that_there_is_not_is_a_404(riverside, opened, otto, dispatch):
    assert opened(otto).get(WHERE, {"dispatch": dispatch}).status_code == 404


def test_anothers_message_is_a_404(lost, hilltop, opened, otto):
    theirs = lost("Fire drill", 2, hilltop)
    assert opened(otto).get(WHERE, {"dispatch": theirs.pk}).status_code == 404
