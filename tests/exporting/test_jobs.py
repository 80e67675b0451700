"""An export survives kills, tells how far it is, and leaves who asked on record."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from notifications import doorbell, exporting
from notifications.actions import exports
from notifications.errors import NotAllowed, Refused
from notifications.exporting import jobs
from notifications.lifecycle import JobStatus
from notifications.models import Cluster, Export, ExportFile
from tests.personas import make_people, make_person

from .conftest import Made, data_of, rows_of, table_of

pytestmark = pytest.mark.django_db


def ask(cluster: Cluster, by: Any, kind: str = "people", **filters: Any) -> Export:
    return exports.request_export(cluster, kind, "csv", filters, "People", by=by)


def test_an_auditor_may_export_and_is_named(riverside: Cluster, otto: Any) -> None:
    export = ask(riverside, otto)

    assert export.requested_by == otto
    assert export.history.get().requested_by_id == otto.pk


def test_nobody_else_may(riverside: Cluster, mallory: Any, pia: Any) -> None:
    for stranger in (mallory, pia):
        with pytest.raises(NotAllowed):
            ask(riverside, stranger)
    assert not Export.objects.exists()


def test_asking_rings_the_worker_after_the_commit(
    riverside: Cluster, otto: Any, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[tuple[str, int]] = []

    def hear(sender: Any, kind: str, pk: int, **more: Any) -> None:
        rung.append((kind, pk))

    doorbell.job_waiting.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            export = ask(riverside, otto)
            assert rung == []
    finally:
        doorbell.job_waiting.disconnect(hear)

    assert rung == [("export", export.pk)]


def test_a_filter_or_format_nobody_knows_is_refused(
    riverside: Cluster, otto: Any
) -> None:
    with pytest.raises(Refused):
        ask(riverside, otto, colour="red")
    with pytest.raises(Refused):
        exports.request_export(riverside, "people", "pdf", {}, "People", by=otto)


def test_the_file_is_kept_with_its_size_and_sum(riverside: Cluster, made: Made) -> None:
    make_people(riverside, 3)

    export = made("people")

    data = data_of(export)
    assert export.status == JobStatus.DONE
    assert (export.done_rows, export.total_rows) == (3, 3)
    assert export.size == len(data)
    assert export.sha256 == hashlib.sha256(data).hexdigest()
    assert export.filename.endswith(".csv")
    assert "riverside" in export.filename
    assert export.history.latest("history_id").status == JobStatus.DONE
    assert export.history.latest("history_id").actor_kind == "worker"


def test_each_download_is_counted_and_on_record(
    riverside: Cluster, made: Made, mona: Any, mallory: Any
) -> None:
    export = made("people")

    exports.download(export, by=mona)
    exports.download(export, by=mona)
    with pytest.raises(NotAllowed):
        exports.download(export, by=mallory)

    export.refresh_from_db()
    assert export.downloads == 2
    reasons = [row.history_change_reason for row in export.history.all()]
    assert reasons.count("Downloaded") == 2


def test_a_file_that_is_not_ready_cannot_be_downloaded(
    riverside: Cluster, otto: Any
) -> None:
    with pytest.raises(Refused, match="not ready"):
        exports.download(ask(riverside, otto), by=otto)


def test_a_job_that_somebody_is_at_is_left_alone(riverside: Cluster, otto: Any) -> None:
    export = ask(riverside, otto)
    Export.objects.update(status=JobStatus.RUNNING, beat_at=timezone.now())

    exporting.run(export.pk)

    assert exporting.waiting() == []
    assert not ExportFile.objects.exists()


def test_after_a_kill_another_worker_begins_again(
    riverside: Cluster, otto: Any
) -> None:
    make_people(riverside, 2)
    export = ask(riverside, otto)
    dead = timezone.now() - jobs.SILENCE - timedelta(seconds=1)
    Export.objects.update(status=JobStatus.RUNNING, beat_at=dead, done_rows=1)

    assert exporting.waiting() == [export.pk]
    exporting.run(export.pk)

    export.refresh_from_db()
    assert export.status == JobStatus.DONE
    assert len(table_of(export)) == 2


def test_a_worker_that_wakes_up_late_changes_nothing(
    riverside: Cluster, otto: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_people(riverside, 2)
    export = ask(riverside, otto)
    taken_over = timezone.now() + timedelta(seconds=1)
    rows = jobs._write

    def overtaken(*args: Any) -> int:
        done = rows(*args)
        Export.objects.update(beat_at=taken_over)
        return done

    monkeypatch.setattr(jobs, "_write", overtaken)
    exporting.run(export.pk)

    export.refresh_from_db()
    assert export.status == JobStatus.RUNNING
    assert export.beat_at == taken_over
    assert not ExportFile.objects.exists()


def test_what_breaks_is_told_in_a_sentence_without_anybodys_data(
    riverside: Cluster,
    otto: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    export = ask(riverside, otto)

    def broken(*args: Any) -> int:
        raise ValueError("anna@example.org")

    monkeypatch.setattr(jobs, "_write", broken)
    exporting.run(export.pk)

    export.refresh_from_db()
    assert export.status == JobStatus.FAILED
    assert "Ask for it again" in export.error
    assert "anna" not in export.error + caplog.text
    assert "ValueError" in caplog.text


def test_a_file_too_large_to_keep_says_how_to_get_it(
    riverside: Cluster, otto: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LARGEST", 10)
    export = ask(riverside, otto)

    exporting.run(export.pk)

    export.refresh_from_db()
    assert "Narrow it down" in export.error


def test_asking_again_takes_the_same_filters(riverside: Cluster, otto: Any) -> None:
    make_person(riverside, "Anna", tags=("staff",))
    make_person(riverside, "Bob")
    first = ask(riverside, otto, q="anna")

    second = exports.request_again(first, by=otto)
    exporting.run(second.pk)

    assert second.pk != first.pk
    assert [row["Name"] for row in table_of(second)] == ["Anna"]


def test_an_empty_export_still_has_its_headings(made: Made) -> None:
    assert rows_of(made("opt_outs"))[0][0] == "Name"


def test_a_busy_database_fails_no_export(
    riverside: Cluster, otto: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: Any) -> int:
        raise OperationalError("database is locked")

    export = ask(riverside, otto)
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_write", busy)
        exporting.run(export.pk)
    export.refresh_from_db()
    assert export.status == JobStatus.RUNNING
    Export.objects.update(beat_at=timezone.now() - jobs.SILENCE - timedelta(seconds=1))
    exporting.run(export.pk)
    export.refresh_from_db()
    assert export.status == JobStatus.DONE
