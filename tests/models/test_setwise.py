"""Many rows in one statement: values as they were, rows by their keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from notifications import dispatching
from notifications.delivery import engine
from notifications.models import Addressee, NotificationLog, Recipient
from notifications.models.setwise import insert_rows, update_each
from tests import flow
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.delivery.scripted import accepted, answering
from tests.personas import make_people, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.services]

WORDS = ['O’Hara "the 2nd"', "100 % {sure} \\ %s", "Željko 🎺", "", "a\tb\nc"]


def test_rows_are_found_by_hundreds_of_keys_and_by_none(riverside):
    people = make_people(riverside, 5)
    some = [people[0].pk, people[3].pk, 2**40]
    found = Recipient.objects.filter(pk__among=some)
    assert {person.pk for person in found} == set(some[:2])
    assert Recipient.objects.exclude(pk__among=set(some)).count() == 3
    assert not Recipient.objects.filter(pk__among=[]).exists()


def test_values_of_their_own_arrive_letter_by_letter(riverside):
    make_people(riverside, len(WORDS))
    dispatch = flow.fanned_out(riverside)
    keys = list(flow.entries(dispatch).order_by("pk").values_list("pk", flat=True))
    moments = [
        datetime(2026, 3, 29, 1, n, 59, 123456, tzinfo=UTC) for n in range(len(WORDS))
    ]
    written = update_each(
        NotificationLog,
        keys,
        {"provider_id": WORDS, "sent_at": moments},
        {"detail": "50 %s", "settled_at": timezone.now()},
        where={"status": "planned", "token": ""},
    )
    assert sorted(written) == keys
    rows = flow.entries(dispatch).order_by("pk")
    assert list(rows.values_list("provider_id", flat=True)) == WORDS
    assert list(rows.values_list("sent_at", flat=True)) == moments
    assert set(rows.values_list("detail", flat=True)) == {"50 %s"}


def test_what_is_not_as_it_must_be_stays_as_it_is(riverside):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    first, second = flow.entries(dispatch).order_by("pk")
    NotificationLog.objects.filter(pk=second.pk).update(token="theirs")
    written = update_each(
        NotificationLog,
        [first.pk, second.pk],
        {"provider_id": ["a", "b"]},
        {"detail": "x"},
        where={"token": ""},
    )
    assert written == [first.pk]
    second.refresh_from_db()
    assert (second.provider_id, second.detail) == ("", "")


def test_new_rows_arrive_letter_by_letter_and_old_ones_are_left_alone(riverside):
    ann = make_person(riverside, "Ann")
    names = ("recipient_id", "name", "unit", "address", "fingerprint", "commitment")
    rows = [
        (ann.pk, word, "", "", "", f"{number}") for number, word in enumerate(WORDS)
    ]
    common = {
        "cluster_id": riverside.pk,
        "channel": "email",
        "created_at": timezone.now(),
    }
    for _time in range(2):
        insert_rows(Addressee, names, rows, common)
    made = Addressee.objects.order_by("commitment")
    assert list(made.values_list("name", flat=True)) == WORDS


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite plans no check of a foreign key"
)
def test_nobody_reads_the_log_from_end_to_end_to_write_to_many(
    transactional_db, quiet_bell, riverside, monkeypatch
):
    answering(monkeypatch, accepted)
    make_people(riverside, 300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()  # What an older session has planned says nothing.
    before = read_from_end_to_end()
    dispatch = flow.prepared(riverside)
    dispatching.fan_out(dispatch.pk, chunk=20)
    engine.drain(flow.LANES, "me")
    assert flow.statuses(dispatch) == {"sent": 300}
    # Each look at one person among 300 would be 300 rows, 90 000 in all.
    assert read_from_end_to_end() - before < 9_000


def read_from_end_to_end() -> int:
    tables = (Addressee, NotificationLog)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
            [[model._meta.db_table for model in tables]],
        )
        return int(cursor.fetchone()[0])
