"""What staff do to a message under way."""

from __future__ import annotations

import pytest

from notifications import dispatching
from notifications.actions import dispatches
from notifications.errors import MoveRefused, NotAllowed, Refused
from tests import flow
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


@pytest.fixture
def dispatch(riverside):
    make_people(riverside, 3)
    return flow.fanned_out(riverside)


def end(dispatch, *statuses):
    """Let each entry have ended so, in order."""
    for entry, status in zip(flow.entries(dispatch), statuses, strict=True):
        flow.entries(dispatch).filter(pk=entry.pk).update(status=status, attempts=1)
    dispatch.batches.update(done_at=dispatch.created_at)
    type(dispatch).objects.filter(pk=dispatch.pk).update(status="done")
    dispatch.refresh_from_db()


def test_only_the_failed_are_tried_again_with_the_same_words(dispatch, ada):
    end(dispatch, "sent", "failed", "failed")
    retry = dispatches.retry_failed(dispatch, by=ada)
    dispatching.fan_out(retry.pk)
    failed = flow.entries(dispatch).filter(status="failed")
    assert set(flow.entries(retry).values_list("recipient", flat=True)) == set(
        failed.values_list("recipient", flat=True)
    )
    assert retry.parent == dispatch
    assert retry.contents.get().content == dispatch.contents.get().content
    with pytest.raises(Refused, match="tried again already"):
        dispatches.retry_failed(dispatch, by=ada)


def test_what_still_goes_out_is_not_tried_again_yet(dispatch, ada):
    with pytest.raises(Refused, match="still going out"):
        dispatches.retry_failed(dispatch, by=ada)


def test_nothing_failed_nothing_to_retry(dispatch, ada):
    end(dispatch, "sent", "sent", "sent")
    with pytest.raises(Refused, match="nobody to try again"):
        dispatches.retry_failed(dispatch, by=ada)


def test_unknown_ones_are_closed_with_a_reason(dispatch, ada):
    end(dispatch, "sent", "unknown", "unknown")
    with pytest.raises(Refused, match="goes on record"):
        dispatches.close_unknown(dispatch, by=ada, reason="")
    first = dispatches.unknown_entries(dispatch)[0]
    assert dispatches.close_unknown(
        dispatch, by=ada, reason="She called", entries=[first.pk]
    )
    first.refresh_from_db()
    assert (first.status, first.detail) == ("failed", "Closed: She called")
    assert first.history.get().history_change_reason == "Closed: She called"
    assert dispatches.unknown_entries(dispatch).count() == 1


def test_who_may_not_send_may_not_stop_either(dispatch, otto, mallory, pia):
    for somebody in (otto, mallory, pia):
        for act in (dispatches.pause, dispatches.cancel, dispatches.retry_failed):
            with pytest.raises(NotAllowed):
                act(dispatch, by=somebody)


def test_a_pause_holds_against_an_old_page(dispatch, ada):
    stale = type(dispatch).objects.get(pk=dispatch.pk)
    dispatches.pause(dispatch, by=ada)
    with pytest.raises(MoveRefused):
        dispatches.pause(stale, by=ada)


def test_cancel_writes_history_for_each_who_waited(dispatch, riverside, ada):
    make_person(riverside, "Later", email="later@example.org")
    assert dispatches.cancel(dispatch, by=ada) == 3
    for entry in flow.entries(dispatch):
        assert entry.status == entry.history.get().status == "cancelled"
    assert dispatching.sheet(dispatch).balanced
