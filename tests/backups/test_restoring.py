"""A backup put back: whole, paused, in a new epoch; or nothing was touched."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from notifications import invariants
from notifications.actions import alerts, announcements, backups, dispatches
from notifications.actions.backups import epochs
from notifications.errors import Refused
from notifications.models import (
    Announcement,
    Batch,
    Cluster,
    Dispatch,
    Installation,
    NotificationLog,
    Recipient,
    WorkerBeat,
    triggers,
)
from notifications.tasks import queues
from notifications.tasks.sweeping import Sweeper
from tests import flow
from tests.backups.conftest import LOGO
from tests.personas import make_people

services = pytest.mark.services


def restore(file: Path) -> backups.Restored:
    return backups.restore(file, replace=True)


def history_of(entry: NotificationLog) -> list[str]:
    rows = NotificationLog.history.filter(id=entry.pk).order_by("history_id")
    return list(rows.values_list("status", flat=True))


@services
def test_what_was_there_is_there_again_and_nothing_else(backup, inhabited, settings):
    logo = settings.MEDIA_ROOT / "logos" / "quay.png"
    file = backup()
    Recipient.objects.filter(name="Person 0001").update(name="Somebody else")
    make_people(inhabited.hilltop, 3)
    logo.unlink()
    (settings.MEDIA_ROOT / "logos" / "newer.png").write_bytes(b"x")
    restore(file)
    assert Recipient.objects.filter(name="Person 0001").exists()
    assert Recipient.objects.filter(cluster=inhabited.hilltop).count() == 0
    assert logo.read_bytes() == LOGO
    assert [path.name for path in logo.parent.iterdir()] == ["quay.png"]
    assert invariants.check() == []
    assert triggers.missing() == []


@services
def test_nothing_goes_out_until_staff_resume(backup, on_its_way, inhabited, mailoutbox):
    alerts.write_to_admins("Sent without approval", "Somebody else has to review it.")
    file = backup()
    restore(file)
    dispatch = Dispatch.objects.get(pk=on_its_way.pk)
    assert dispatch.status == "paused"
    assert "Restored from the backup of" in dispatch.paused_reason
    for queue in (queues.main, queues.emergency):
        Sweeper(queue).sweep()
    flow.deliver()
    assert mailoutbox == []
    assert flow.statuses(dispatch) == {"unknown": 3, "planned": 6}
    dispatches.resume(dispatch, by=inhabited.ada)
    flow.deliver()
    assert flow.statuses(dispatch) == {"unknown": 3, "sent": 6}
    assert len(mailoutbox) == 6
    dispatch.refresh_from_db()
    assert dispatch.status == "done"
    assert invariants.check() == []


@services
def test_what_was_on_its_way_is_unknown_and_its_history_says_why(backup, on_its_way):
    restore(backup())
    unknown = NotificationLog.objects.filter(status="unknown")
    assert unknown.count() == 3
    for entry in unknown:
        assert history_of(entry)[-1] == "unknown"
        assert entry.detail == "On its way when the backup was made"
        assert entry.settled_at is not None
    assert Batch.objects.exclude(token="").count() == 0
    assert invariants.check() == []


@services
def test_a_message_that_was_being_written_down_is_paused_too(
    backup, inhabited, mailoutbox
):
    dispatch = flow.prepared(inhabited.riverside)
    restore(backup())
    dispatch.refresh_from_db()
    assert dispatch.status == "paused"
    last = Dispatch.history.filter(id=dispatch.pk).order_by("-history_id").first()
    assert last.status == "paused"
    assert last.history_change_reason == dispatch.paused_reason
    dispatches.resume(dispatch, by=inhabited.ada)
    flow.dispatching.fan_out(dispatch.pk)
    flow.deliver()
    assert len(mailoutbox) == 9


def test_what_staff_had_paused_keeps_their_reason(backup, on_its_way, inhabited):
    dispatches.pause(on_its_way, by=inhabited.ada, reason="Wrong day")
    told = restore(backup()).epoch
    on_its_way.refresh_from_db()
    assert on_its_way.paused_reason == "Wrong day"
    assert (told.paused, told.unknown) == (0, 3)


def test_announcements_whose_time_has_come_are_held_however_little_late(
    backup, inhabited
):
    now = timezone.now()
    for subject, send_at in (
        ("Just now", now - timedelta(seconds=1)),
        ("Tomorrow", now + timedelta(days=1)),
    ):
        Announcement.objects.create(
            cluster=inhabited.riverside,
            subject=subject,
            audience={"everyone": True},
            status="scheduled",
            send_at=send_at,
            created_by=inhabited.ada,
            last_edited_by=inhabited.ada,
        )
    told = restore(backup()).epoch
    found = dict(Announcement.objects.values_list("subject", "status"))
    assert found == {"Just now": "held", "Tomorrow": "scheduled"}
    assert told.held == 1
    announcements.release_due()
    assert Dispatch.objects.count() == 0


@services
def test_every_restore_begins_an_epoch_that_was_never_used(backup):
    before = Installation.current()
    file = backup()
    first = restore(file).epoch.number
    again = Installation.current()
    assert again.uid == before.uid
    assert again.epoch == first > before.epoch
    assert again.key_prefix != before.key_prefix
    assert again.restored_at is not None
    second = restore(file).epoch.number
    assert second > first


@services
def test_keys_of_entries_that_were_lost_come_never_again(backup, inhabited, mailoutbox):
    flow.fanned_out(inhabited.riverside)
    file = backup()
    flow.fanned_out(inhabited.riverside)
    lost = set(NotificationLog.objects.values_list("pk", flat=True))
    restore(file)
    kept = set(NotificationLog.objects.values_list("pk", flat=True))
    flow.fanned_out(inhabited.riverside)
    fresh = set(NotificationLog.objects.values_list("pk", flat=True)) - kept
    assert len(lost) == 18
    assert len(fresh) == 9
    assert not fresh & lost


@services
def test_that_holds_for_the_very_first_entry_as_well(backup, inhabited):
    restore(backup())
    flow.fanned_out(inhabited.riverside)
    assert NotificationLog.objects.order_by("pk")[0].pk > epochs.GAP


def test_a_house_with_people_in_it_is_not_replaced_by_the_way(backup, inhabited):
    file = backup()
    Recipient.objects.filter(name="Person 0001").update(name="Somebody else")
    with pytest.raises(Refused, match="--replace"):
        backups.restore(file)
    assert Recipient.objects.filter(name="Somebody else").exists()


@services
def test_an_empty_one_needs_no_word_and_becomes_the_same(backup, inhabited):
    file = backup()
    uid = Installation.current().uid
    triggers.remove()
    call_command("flush", interactive=False, verbosity=0)
    backups.restore(file)
    assert Cluster.objects.count() == 2
    assert get_user_model().objects.count() == 6
    assert Installation.current().uid == uid


def test_beside_running_workers_nothing_is_done(backup, inhabited):
    file = backup()
    now = timezone.now()
    WorkerBeat.objects.create(name="quay:1", lane="all", started_at=now, beat_at=now)
    with pytest.raises(Refused, match="Workers are running"):
        restore(file)
    WorkerBeat.objects.update(beat_at=now - timedelta(minutes=1))
    restore(file)
    assert WorkerBeat.objects.count() == 0


def test_a_damaged_one_touches_nothing(backup, inhabited, settings):
    file = backup()
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x55
    file.write_bytes(data)
    Recipient.objects.filter(name="Person 0001").update(name="Somebody else")
    with pytest.raises(backups.BrokenBackup, match="Nothing was changed"):
        restore(file)
    assert Recipient.objects.filter(name="Somebody else").exists()
    assert (settings.MEDIA_ROOT / "logos" / "quay.png").exists()
    assert Installation.current().epoch == 1


def rewrite(file: Path, **changes: object) -> None:
    """The same backup with another manifest, as another version would write it."""
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("manifest.json")) | changes
        rest = {name: archive.read(name) for name in told["files"]}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(told))
        for name, data in rest.items():
            archive.writestr(name, data)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"database": "oracle"}, "This backup is of oracle"),
        ({"format": 99}, "another version of Tocsin"),
        ({"migrations": ["notifications.0999_later"]}, "Upgrade, then restore"),
    ],
)
def test_what_does_not_fit_here_touches_nothing(backup, inhabited, changes, says):
    file = backup()
    rewrite(file, **changes)
    Recipient.objects.filter(name="Person 0001").update(name="Somebody else")
    with pytest.raises(Refused, match=says):
        restore(file)
    assert Recipient.objects.filter(name="Somebody else").exists()


@services
def test_rows_that_are_missing_afterwards_are_shouted(backup, inhabited):
    file = backup()
    rewrite(file, counts={"notifications_recipient": 10})
    with pytest.raises(Refused, match="has 9 rows after the restore, and had 10"):
        restore(file)


@services
def test_broken_off_after_the_rows_came_back_still_nothing_goes_out(
    backup, on_its_way, monkeypatch, mailoutbox
):
    file = backup()

    def break_off(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(epochs, "begin", break_off)
        with pytest.raises(KeyboardInterrupt):
            restore(file)
    on_its_way.refresh_from_db()
    assert on_its_way.status == "paused"
    flow.deliver()
    assert mailoutbox == []
    # Once more, and it is whole.
    restore(file)
    assert invariants.check() == []


def test_another_key_is_told_since_opt_outs_hang_on_it(backup, settings):
    file = backup()
    assert restore(file).same_key
    settings.FINGERPRINT_KEY = "another"
    err = StringIO()
    call_command("restore", str(file), "--replace", stderr=err, stdout=StringIO())
    assert "FINGERPRINT_KEY is not the one of the backup" in err.getvalue()


def test_the_command_says_what_was_stopped_and_what_comes_next(backup, on_its_way):
    file = backup()
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(file))
    out = StringIO()
    call_command("restore", str(file), "--replace", stdout=out)
    said = out.getvalue()
    assert "1 messages under way are paused, 3 entries" in said
    assert "manage.py check_invariants" in said


@services
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the file of SQLite is ours alone"
)
def test_other_tables_in_the_same_database_are_left_alone(backup, inhabited):
    file = backup()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebody_elses (id integer)")
    try:
        restore(file)
        assert "somebody_elses" in connection.introspection.table_names()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE somebody_elses")
