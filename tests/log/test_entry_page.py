"""The page of an entry: the sentence, the message as sent, the timeline."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from notifications.lifecycle import EntryStatus
from notifications.models import Cluster, NotificationLog, Recipient
from tests.personas import make_person
from tests.sent import make_content, make_dispatch, make_entry

from .conftest import Open

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(riverside: Cluster) -> NotificationLog:
    anna = make_person(riverside, "Anna", email="anna@example.org", unit="Flat 12")
    content = make_content(
        riverside, "Water, {{ name }}", "<p>Dear {{ name }}</p>", "Dear {{ name }}"
    )
    return make_entry(
        make_dispatch(riverside),
        anna,
        EntryStatus.SENT,
        content=content,
        sent_at=timezone.now(),
        provider="smtp",
        provider_id="<abc@example.org>",
        sender="riverside@example.org",
    )


def test_it_begins_with_the_sentence(page: Open, sent: NotificationLog) -> None:
    shown = page(f"delivery/log/{sent.pk}/").content.decode()

    assert "Sent to Anna’s email today at" in shown
    assert "Anna was in the audience: Everyone in Riverside Quay." in shown
    assert "Water, Anna" in shown
    assert "&lt;abc@example.org&gt;" in shown
    assert f'src="/c/riverside/admin/delivery/log/{sent.pk}/html/"' in shown


def test_the_message_in_the_frame_can_do_nothing(
    page: Open, sent: NotificationLog
) -> None:
    answer = page(f"delivery/log/{sent.pk}/html/")

    policy = answer.headers["Content-Security-Policy"]
    assert answer.content.decode() == "<p>Dear Anna</p>"
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_text_can_be_read_too(page: Open, sent: NotificationLog) -> None:
    shown = page(f"delivery/log/{sent.pk}/", view="text").content.decode()

    assert "Dear Anna</pre>" in shown
    assert "<iframe" not in shown


def test_the_history_is_shown_as_recorded(page: Open, sent: NotificationLog) -> None:
    shown = page(f"delivery/log/{sent.pk}/").content.decode()

    assert "The history as recorded" in shown
    assert "Worker: worker 1" in shown


def test_an_entry_without_words_has_a_page_too(page: Open, riverside: Cluster) -> None:
    person: Recipient = make_person(riverside, "Bob")
    entry = make_entry(
        make_dispatch(riverside), person, EntryStatus.SKIPPED, reason="no_address"
    )

    shown = page(f"delivery/log/{entry.pk}/").content.decode()

    assert "Not sent: Bob did not have an email address." in shown
    assert "nothing was to be sent" in shown
    assert page(f"delivery/log/{entry.pk}/html/").content == b""


def test_a_number_that_no_entry_has_is_not_found(page: Open, world: Any) -> None:
    assert page(f"delivery/log/{10**30}/").status_code == 404
