"""An installation with people, messages on their way and a logo; and its backup."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from notifications import doorbell
from notifications.actions import backups
from notifications.delivery.leasing import lease
from notifications.delivery.looking import take_window
from tests import flow
from tests.personas import make_people

LOGO = b"the picture of a quay"


@pytest.fixture
def disk(settings, tmp_path):
    """Folders of the test's own for data, media and backups."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    (settings.MEDIA_ROOT / "logos").mkdir(parents=True)
    (settings.MEDIA_ROOT / "logos" / "quay.png").write_bytes(LOGO)
    return tmp_path


@pytest.fixture
def inhabited(transactional_db, monkeypatch, disk, world):
    """Nine people, and nobody who is woken when something is committed."""
    monkeypatch.setattr(doorbell, "ring", lambda lane: None)
    monkeypatch.setattr(doorbell, "ring_job", lambda kind, pk: None)
    make_people(world.riverside, 9)
    return world


@pytest.fixture
def on_its_way(inhabited):
    """A message to all nine, three of whom are with a provider just now."""
    dispatch = flow.fanned_out(inhabited.riverside)
    window = take_window(lease(flow.LANES, flow.WORKER), 3)
    assert len(window.entries) == 3
    return dispatch


@pytest.fixture
def file(disk) -> Path:
    return disk / "tocsin.backup"


@pytest.fixture
def backup(inhabited, file):
    """Makes the backup, when the test has made what is to be in it."""

    def make() -> Path:
        assert not transaction.get_connection().in_atomic_block
        backups.back_up(file)
        return file

    return make
