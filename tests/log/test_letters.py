"""What was sent can be read exactly as it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from notifications import links
from notifications.actions import explain
from notifications.lifecycle import EntryStatus
from notifications.models import Cluster, NotificationLog, Recipient
from tests.personas import make_person, make_zone
from tests.sent import make_content, make_dispatch, make_entry

pytestmark = pytest.mark.django_db

JULY = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def anna(riverside: Cluster) -> Recipient:
    zone = make_zone(riverside, "Heron")
    return make_person(
        riverside, "Anna", email="anna@example.org", unit="Flat 12", zone=zone
    )


def entry_with(person: Recipient, text: str, **fields: object) -> NotificationLog:
    content = make_content(person.cluster, "For {{ name }}", f"<p>{text}</p>", text)
    return make_entry(
        make_dispatch(person.cluster), person, content=content, at=JULY, **fields
    )


def test_the_words_are_filled_with_the_person_as_they_were(anna: Recipient) -> None:
    entry = entry_with(anna, "{{ unit }} on {{ today }}", sender="office@example.org")
    anna.name, anna.unit = "Anna Berg", "Flat 99"
    anna.save()

    found = explain.letter(NotificationLog.objects.get(pk=entry.pk))

    assert found.subject == "For Anna"
    assert found.html == "<p>Flat 12 on July 1, 2026</p>"
    assert found.text == "Flat 12 on July 1, 2026"
    assert found.sender == "office@example.org"
    assert found.to == "anna@example.org"
    assert found.note == ""


def test_nobody_can_opt_a_person_out_with_what_they_read_in_the_log(
    anna: Recipient,
) -> None:
    entry = entry_with(anna, "Stop: {{ unsubscribe_url }}")

    found = explain.letter(entry)

    assert links.sign_entry(entry.pk) not in found.html + found.text
    assert links.dead_unsubscribe_url() in found.text


def test_what_the_log_does_not_keep_is_said_to_be_of_now(anna: Recipient) -> None:
    entry = entry_with(anna, "{{ first_name }}, {{ zone }}")

    assert "First name and zone" in explain.letter(entry).note


def test_somebody_erased_is_read_as_dots(anna: Recipient) -> None:
    entry = entry_with(anna, "{{ unit }}")
    entry.addressee.name = entry.addressee.unit = entry.addressee.address = ""
    entry.addressee.erased_at = timezone.now()
    entry.addressee.save()

    found = explain.letter(entry)

    assert found.text == "•••"
    assert "Anna" not in found.subject + found.html
    assert "erased" in found.note


def test_words_that_could_not_be_filled_say_why(anna: Recipient) -> None:
    entry = entry_with(anna, "{{ lift_code }}", status=EntryStatus.FAILED)

    found = explain.letter(entry)

    assert "lift_code" in found.problem
    assert found.html == ""


def test_an_entry_without_words_says_so(anna: Recipient) -> None:
    entry = make_entry(
        make_dispatch(anna.cluster), anna, EntryStatus.SKIPPED, reason="left"
    )

    assert "nothing was to be sent" in explain.letter(entry).problem
