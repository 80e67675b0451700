"""Everything in one file, which says what it is and shows what was done to it."""

from __future__ import annotations

import json
import stat
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from notifications.actions import backups
from notifications.actions.backups import BrokenBackup, databases
from notifications.errors import Refused
from notifications.models import Installation, Recipient
from tests.backups.conftest import LOGO


@pytest.mark.services
def test_the_manifest_says_what_is_in_it(backup, file):
    people = Recipient.objects.count()
    backup()
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("manifest.json"))
        assert archive.read("media/logos/quay.png") == LOGO
    assert told["database"] == connection.vendor
    assert told["counts"]["notifications_recipient"] == people
    assert told["epoch"] == Installation.current().epoch == 1
    assert told["version"] == "0.1.0"
    assert len(told["files"]) == 2
    assert all(len(checksum) == 64 for checksum in told["files"].values())


def test_only_its_owner_may_read_it(backup, file):
    backup()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_leaves_nothing_else_behind(backup, file):
    backup()
    assert {path.name for path in file.parent.iterdir()} == {"data", file.name}


def test_a_file_that_is_there_is_never_overwritten(backup, file):
    file.write_text("last week's")
    with pytest.raises(Refused, match="there already"):
        backup()
    assert file.read_text() == "last week's"


def test_a_folder_that_is_not_there_is_said(inhabited, file):
    with pytest.raises(Refused, match="Make it first"):
        backups.back_up(file.parent / "nowhere" / "tocsin.backup")


def test_what_is_missing_to_do_it_is_said(backup, monkeypatch):
    monkeypatch.setattr(databases.Sqlite, "programs", ("pg_dump",))
    monkeypatch.setattr(databases.shutil, "which", lambda name: None)
    with pytest.raises(Refused, match=r"pg_dump.* is missing\. Install"):
        backup()


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.9])
def test_a_byte_that_changed_is_noticed(backup, file, place):
    backup()
    data = bytearray(file.read_bytes())
    data[int(len(data) * place)] ^= 0x55
    file.write_bytes(data)
    with pytest.raises(BrokenBackup):
        backups.check(file)


def test_whatever_byte_changed_it_is_said_in_a_sentence(backup, file):
    backup()
    whole = file.read_bytes()
    noticed = 0
    for place in range(0, len(whole), len(whole) // 50):
        data = bytearray(whole)
        data[place] ^= 0xFF
        file.write_bytes(data)
        try:
            backups.check(file)
        except BrokenBackup:
            noticed += 1
    # A few bytes of a zip mean nothing, such as the hour of a member.
    assert noticed > 45


def test_half_a_file_is_noticed(backup, file):
    backup()
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(BrokenBackup):
        backups.check(file)


@pytest.mark.parametrize("name", ["../outside", "/outside", "media/../../outside"])
def test_nothing_comes_out_beside_the_folder(backup, file, name):
    backup()
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("manifest.json"))
        rest = {one: archive.read(one) for one in told["files"]}
    told["files"][name] = "0" * 64
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(told))
        for one, data in {**rest, name: b"x"}.items():
            archive.writestr(one, data)
    with pytest.raises(BrokenBackup):
        backups.check(file)


def test_a_member_that_the_manifest_does_not_name_is_noticed(backup, file):
    backup()
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("media/logos/another.png", b"x")
    with pytest.raises(BrokenBackup):
        backups.check(file)


@pytest.mark.services
def test_the_commands_say_what_was_done(inhabited, file):
    out = StringIO()
    call_command("backup", str(file), stdout=out)
    assert "1 files of media" in out.getvalue()
    assert "holds personal data" in out.getvalue()
    call_command("restore", str(file), "--check", stdout=out)
    assert "It is whole and fits here." in out.getvalue()
    assert "9 people" in out.getvalue()
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(file))
    file.write_text("no backup")
    with pytest.raises(CommandError, match="damaged, or it is no backup"):
        call_command("restore", str(file), "--check")
