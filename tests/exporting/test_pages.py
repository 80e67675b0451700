"""Exports and delivery reports in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from notifications import exporting
from notifications.lifecycle import EntryStatus, JobStatus, SkipReason
from notifications.models import Cluster, Dispatch, Export
from tests.personas import World, make_person, make_zone
from tests.sent import make_dispatch, make_entry

from .conftest import Made

pytestmark = pytest.mark.django_db

HERE = "/c/riverside/admin/exports/"


@pytest.fixture
def as_otto(world: World) -> Client:
    client = Client()
    client.force_login(world.otto)
    return client


@pytest.fixture
def sent(riverside: Cluster, ada: Any) -> Dispatch:
    heron = make_zone(riverside, "Heron block")
    dispatch = make_dispatch(riverside, "Réunion", created_by=ada)
    anna = make_person(riverside, "Anna", email="anna@example.org", zone=heron)
    make_entry(dispatch, anna)
    make_entry(
        dispatch,
        make_person(riverside, "Bob"),
        EntryStatus.SKIPPED,
        reason=SkipReason.NO_ADDRESS,
    )
    return dispatch


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_without_exports_it_teaches_where_they_come_from(as_otto: Client) -> None:
    shown = text_of(as_otto.get(HERE))

    assert "No exports yet" in shown
    assert "data-refresh-url" not in shown


def test_it_says_who_asked_for_what_and_how_far_it_is(
    as_otto: Client, sent: Dispatch, made: Made
) -> None:
    export = made()
    running = made()
    Export.objects.filter(pk=running.pk).update(
        status=JobStatus.RUNNING, done_rows=1, total_rows=4
    )

    shown = text_of(as_otto.get(HERE))
    fragment = text_of(as_otto.get(f"{HERE}rows/"))

    assert f"{HERE}{export.pk}/download/" in shown
    assert f'data-refresh-url="{HERE}rows/' in shown
    assert 'aria-valuenow="25"' in fragment
    assert "Otto" in fragment
    assert "data-refresh-done" not in fragment
    assert "<html" not in fragment


def test_the_refreshing_stops_when_all_is_made(
    as_otto: Client, sent: Dispatch, made: Made
) -> None:
    made()

    assert "data-refresh-done" in text_of(as_otto.get(f"{HERE}rows/"))


def test_a_failure_tells_its_sentence(as_otto: Client, made: Made) -> None:
    failed = made("delivery", dispatch=999)

    shown = text_of(as_otto.get(HERE))

    assert failed.status == JobStatus.FAILED
    assert "This message is not in this cluster" in shown
    assert f"{HERE}{failed.pk}/again/" in shown


def test_a_download_is_a_file_with_its_right_name(
    as_otto: Client, sent: Dispatch, made: Made
) -> None:
    as_otto.post(f"{HERE}reports/{sent.pk}/", {"format": "xlsx"})
    export = Export.objects.get()
    exporting.run(export.pk)

    answer = as_otto.get(f"{HERE}{export.pk}/download/")
    as_otto.head(f"{HERE}{export.pk}/download/")

    export.refresh_from_db()
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        "filename*=utf-8''Delivery-report-R%C3%A9union"
        in (answer.headers["Content-Disposition"])
    )
    assert "no-store" in answer.headers["Cache-Control"]
    assert export.downloads == 1
    assert export.history.latest("history_id").actor_label == "Otto"


def test_a_file_that_is_not_ready_leads_back_with_a_sentence(
    as_otto: Client, riverside: Cluster, sent: Dispatch
) -> None:
    as_otto.post(f"{HERE}reports/{sent.pk}/", {"format": "csv"})
    export = Export.objects.get()

    answer = as_otto.get(f"{HERE}{export.pk}/download/", follow=True)

    assert "This file is not ready" in text_of(answer)


def test_asking_again_makes_another_export(
    as_otto: Client, sent: Dispatch, made: Made
) -> None:
    first = made()

    as_otto.get(f"{HERE}{first.pk}/again/")
    assert Export.objects.count() == 1
    as_otto.post(f"{HERE}{first.pk}/again/")
    assert Export.objects.count() == 2


def test_another_clusters_exports_are_not_found(
    as_otto: Client, world: World, hilltop: Cluster, mallory: Any
) -> None:
    foreign = Export.objects.create(
        cluster=hilltop, kind="log", format="csv", title="CANARY", status="done"
    )
    dispatch = make_dispatch(hilltop, "CANARY")

    assert "CANARY" not in text_of(as_otto.get(HERE))
    assert "CANARY" not in text_of(as_otto.get(f"{HERE}reports/"))
    assert as_otto.get(f"{HERE}{foreign.pk}/download/").status_code == 404
    assert as_otto.post(f"{HERE}{foreign.pk}/again/").status_code == 404
    for method in (as_otto.get, as_otto.post):
        assert method(f"{HERE}reports/{dispatch.pk}/").status_code == 404


def test_the_report_tells_facts_and_numbers_that_open(
    as_otto: Client, sent: Dispatch
) -> None:
    shown = text_of(as_otto.get(f"{HERE}reports/{sent.pk}/"))

    log = f"/c/riverside/admin/delivery/log/?dispatch={sent.pk}"
    assert "Everyone in Riverside Quay" in shown
    assert "Ada" in shown
    assert "Heron block" in shown
    assert "Without a zone" in shown
    assert f"{log}&amp;status=delivered" in shown
    assert f"{log}&amp;channel=email&amp;status=skipped" in shown
    assert f"{log}&amp;reason=no_address" in shown
    assert "do not add up" not in shown


def test_the_list_of_reports_says_how_many_it_reached(
    as_otto: Client, sent: Dispatch, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        make_dispatch(sent.cluster, f"Another {number}")

    with django_assert_max_num_queries(16):
        answer = as_otto.get(f"{HERE}reports/")

    shown = text_of(answer)
    assert "Réunion" in shown
    assert f"?dispatch={sent.pk}&amp;status=skipped" in shown


def test_a_format_that_does_not_exist_is_refused_with_a_sentence(
    as_otto: Client, sent: Dispatch
) -> None:
    answer = as_otto.post(f"{HERE}reports/{sent.pk}/", {"format": "pdf"})

    assert answer.status_code == 409
    assert "choose CSV or XLSX" in answer.content.decode()
