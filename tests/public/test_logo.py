"""A cluster's logo is there for mail programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from notifications.models import Cluster

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_logo_is_served_to_anybody_and_may_be_kept(
    client: Client, riverside: Cluster
) -> None:
    riverside.logo.save("logo.png", ContentFile(b"\x89PNG not really"))
    response = client.get(f"/p/logo/{riverside.uid}")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert b"".join(response) == b"\x89PNG not really"
    response.close()


def test_no_logo_no_cluster_and_a_lost_file_are_not_found(
    client: Client, riverside: Cluster, hilltop: Cluster
) -> None:
    assert client.get(f"/p/logo/{uuid4()}").status_code == 404
    assert client.get(f"/p/logo/{hilltop.uid}").status_code == 404
    riverside.logo.save("logo.png", ContentFile(b"x"))
    riverside.logo.storage.delete(riverside.logo.name)
    assert client.get(f"/p/logo/{riverside.uid}").status_code == 404
