"""Why did this person get it, or not: in plain words, for every status and reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from notifications import fingerprints
from notifications.actions import explain
from notifications.events import NEWSLETTER
from notifications.lifecycle import DispatchStatus, EntryStatus, SkipReason
from notifications.models import (
    Cluster,
    Dispatch,
    NotificationLog,
    OptOut,
    OptOutAddress,
    Recipient,
    Suppression,
)
from tests.personas import make_person
from tests.sent import make_dispatch, make_entry

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 17, 10, 42, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def anna(riverside: Cluster) -> Recipient:
    return make_person(riverside, "Anna", email="anna@example.org")


@pytest.fixture
def news(riverside: Cluster) -> Dispatch:
    return make_dispatch(riverside, "Spring news", event=NEWSLETTER)


def refuse(person: Recipient, when: datetime, **fields: Any) -> OptOut:
    with time_machine.travel(when, tick=False):
        return OptOut.objects.create(
            cluster=person.cluster,
            recipient=person,
            **({"source": "link"} | fields),
        )


SAID = {
    EntryStatus.PLANNED: (
        "Waiting to be sent to Anna’s email, planned on Tuesday at 10:42."
    ),
    EntryStatus.DEFERRED: "Put off: it goes to Anna’s email later.",
    EntryStatus.SENDING: "On its way to Anna’s email, begun on Tuesday at 10:42.",
    EntryStatus.RETRYING: (
        "Not sent yet: 1 try to reach Anna’s email did not work; Tocsin tries again."
    ),
    EntryStatus.UNKNOWN: (
        "Nobody can know whether it reached Anna’s email: "
        "the answer was lost while it was sent on Tuesday at 10:42."
    ),
    EntryStatus.SENT: "Sent to Anna’s email on Tuesday at 10:42.",
    EntryStatus.DELIVERED: "Delivered to Anna’s email on Tuesday at 10:42.",
    EntryStatus.BOUNCED: (
        "Came back from Anna’s email on Tuesday at 10:42: it was not taken there."
    ),
    EntryStatus.FAILED: (
        "Not sent to Anna’s email: it failed on Tuesday at 10:42, after 1 try."
    ),
    EntryStatus.BUNDLED: (
        "Sent to Anna’s email together with other news, on Tuesday at 10:42."
    ),
    EntryStatus.CANCELLED: (
        "Not sent to Anna’s email: the message was cancelled on Tuesday at 10:42."
    ),
    EntryStatus.EXPIRED: "Not sent to Anna’s email: it was too late.",
}


@pytest.mark.parametrize("status", [s for s in EntryStatus if s != "skipped"])
def test_every_status_has_its_sentence(
    status: EntryStatus, anna: Recipient, news: Dispatch
) -> None:
    entry = make_entry(news, anna, status, at=TUESDAY, settled_at=TUESDAY)

    assert explain.sentence(entry) == SAID[status]
    assert all(explain.why(entry))


REFUSED = {
    SkipReason.OPTED_OUT: "Not sent: Anna had opted out.",
    SkipReason.NO_ADDRESS: "Not sent: Anna did not have an email address.",
    SkipReason.SUPPRESSED: "Not sent: the address of Anna must not be used.",
    SkipReason.NOT_WANTED: (
        "Not sent: Anna does not want such messages on this channel."
    ),
    SkipReason.DUPLICATE: (
        "Not sent: somebody else at Anna’s address got the very same words."
    ),
    SkipReason.LEFT: "Not sent: Anna had left Riverside Quay.",
    SkipReason.ANSWERED: "Not sent: Anna had answered by then.",
}


@pytest.mark.parametrize("reason", list(SkipReason))
def test_every_skip_has_its_reason_and_the_way_out(
    reason: SkipReason, anna: Recipient, news: Dispatch
) -> None:
    entry = make_entry(
        news, anna, EntryStatus.SKIPPED, reason=reason, settled_at=TUESDAY
    )

    assert explain.sentence(entry) == REFUSED[reason]
    assert len(explain.why(entry)) >= 3


def test_an_opt_out_is_told_with_what_when_and_how(
    anna: Recipient, news: Dispatch
) -> None:
    refuse(anna, datetime(2026, 5, 3, 8, tzinfo=UTC), category="newsletter")
    entry = make_entry(
        news,
        anna,
        EntryStatus.SKIPPED,
        reason=SkipReason.OPTED_OUT,
        settled_at=TUESDAY,
    )

    assert explain.sentence(entry) == (
        "Not sent: Anna opted out of newsletters on 3 May, by the link in a message."
    )


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("staff", "as staff put on record"),
        ("link", "by the link in a message"),
        ("one_click", "by their mail program"),
        ("import", "as an imported file said"),
        ("carrier", "by STOP to the carrier"),
    ],
)
def test_it_says_how_the_opt_out_came(
    source: str, how: str, anna: Recipient, news: Dispatch
) -> None:
    refuse(anna, datetime(2025, 5, 3, tzinfo=UTC), source=source)
    entry = make_entry(
        news,
        anna,
        EntryStatus.SKIPPED,
        reason=SkipReason.OPTED_OUT,
        settled_at=TUESDAY,
    )

    assert explain.sentence(entry) == (
        f"Not sent: Anna opted out of every message on 3 May 2025, {how}."
    )


def test_an_opt_out_of_somebody_else_at_the_address_is_not_put_on_anna(
    riverside: Cluster, anna: Recipient, news: Dispatch
) -> None:
    bob = make_person(riverside, "Bob", email="anna@example.org")
    opt_out = refuse(bob, TUESDAY)
    OptOutAddress.objects.create(
        opt_out=opt_out,
        cluster=riverside,
        channel="email",
        fingerprint=fingerprints.of_address("email", "anna@example.org"),
        shared=True,
    )
    entry = make_entry(
        news,
        anna,
        EntryStatus.SKIPPED,
        reason=SkipReason.OPTED_OUT,
        settled_at=FRIDAY,
    )

    assert "somebody at Anna’s address opted out" in explain.sentence(entry)


def test_an_opt_out_that_came_later_or_was_about_something_else_is_not_the_reason(
    anna: Recipient, news: Dispatch
) -> None:
    refuse(anna, FRIDAY)
    refuse(anna, datetime(2026, 5, 3, tzinfo=UTC), category="payments")
    refuse(anna, datetime(2026, 5, 3, tzinfo=UTC), channel="sms")
    entry = make_entry(
        news,
        anna,
        EntryStatus.SKIPPED,
        reason=SkipReason.OPTED_OUT,
        settled_at=TUESDAY,
    )

    assert explain.sentence(entry) == "Not sent: Anna had opted out."


def test_an_opt_out_that_was_lifted_since_says_so(
    anna: Recipient, news: Dispatch
) -> None:
    refuse(anna, TUESDAY - timedelta(days=2), lifted_at=FRIDAY)
    entry = make_entry(
        news,
        anna,
        EntryStatus.SKIPPED,
        reason=SkipReason.OPTED_OUT,
        settled_at=TUESDAY,
    )

    assert "on Sunday" in explain.sentence(entry)
    assert "lifted since" in " ".join(explain.why(entry))


def test_a_dead_address_says_why_it_is_dead(
    riverside: Cluster, anna: Recipient, news: Dispatch
) -> None:
    Suppression.objects.create(
        cluster=riverside,
        channel="email",
        fingerprint=fingerprints.of_address("email", "anna@example.org"),
        reason="bounce",
    )
    entry = make_entry(news, anna, EntryStatus.SKIPPED, reason=SkipReason.SUPPRESSED)

    assert "(the address does not exist)" in explain.sentence(entry)


def test_times_are_the_clusters(
    riverside: Cluster, anna: Recipient, news: Dispatch
) -> None:
    riverside.time_zone = news.cluster.time_zone = "Pacific/Auckland"
    entry = make_entry(news, anna, at=TUESDAY, settled_at=TUESDAY)

    assert "on Tuesday at 23:42" in explain.sentence(entry)


def test_opening_is_told_too(anna: Recipient, news: Dispatch) -> None:
    entry = make_entry(news, anna, at=TUESDAY, delivered_at=TUESDAY, opened_at=FRIDAY)

    assert explain.sentence(entry) == (
        "Delivered to Anna’s email on Tuesday at 10:42, opened today at 12:00."
    )


def test_a_paused_message_says_that_it_waits_for_that(
    riverside: Cluster, anna: Recipient
) -> None:
    paused = make_dispatch(riverside, status=DispatchStatus.PAUSED)
    entry = make_entry(paused, anna, EntryStatus.PLANNED)

    assert explain.sentence(entry).endswith("the message is paused.")


def test_a_message_that_came_too_late_says_the_time_that_was_set(
    riverside: Cluster, anna: Recipient
) -> None:
    late = make_dispatch(riverside, not_after=TUESDAY)
    entry = make_entry(late, anna, EntryStatus.EXPIRED)

    assert "the time set, on Tuesday at 10:42" in explain.sentence(entry)


def test_it_says_which_audience_and_which_address(
    anna: Recipient, news: Dispatch
) -> None:
    entry = make_entry(news, anna)

    audience, channel = explain.why(entry)

    assert audience == "Anna was in the audience: Everyone in Riverside Quay."
    assert "anna@example.org" in channel


def test_a_missing_value_is_named_in_words(anna: Recipient, news: Dispatch) -> None:
    entry = make_entry(news, anna, EntryStatus.FAILED, detail="MissingValue: unit")

    assert "What was said: There was no value for “unit”." in explain.why(entry)


def test_somebody_erased_has_no_name_in_it(anna: Recipient, news: Dispatch) -> None:
    entry = make_entry(news, anna, at=TUESDAY)
    entry.addressee.name = entry.addressee.address = ""
    entry.addressee.erased_at = timezone.now()
    entry.addressee.save()

    assert "this person’s email" in explain.sentence(entry)
    assert "Anna" not in " ".join(explain.why(entry))


def test_the_person_is_called_as_they_were_called(
    anna: Recipient, news: Dispatch
) -> None:
    entry = make_entry(news, anna)
    anna.name = "Anna Berg"
    anna.save()

    again = NotificationLog.objects.get(pk=entry.pk)

    assert "Anna’s email" in explain.sentence(again)
