"""The command: the same import, for a terminal."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.models import ContactPoint, Recipient, RecipientImport, Zone
from tests.importing.files import DATA
from tests.personas import World

pytestmark = [pytest.mark.django_db, pytest.mark.services]

EXPECTED = json.loads((DATA / "expected.json").read_text())
CLUSTER = "riverside"


def run(file: Path, *options: str, cluster: str = CLUSTER) -> tuple[int, list[str]]:
    """How it left, and the lines that it said."""
    out, code = StringIO(), 0
    try:
        call_command(
            "import_recipients", str(file), "--cluster", cluster, *options, stdout=out
        )
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    return code, out.getvalue().splitlines()


def imported(file: Path, *options: str) -> dict[str, Any]:
    """What the last line says."""
    answer: dict[str, Any] = json.loads(run(file, *options)[1][-1])
    return answer


@pytest.mark.parametrize("filename", EXPECTED)
def test_each_file_gives_what_is_known_of_it_and_a_second_time_nothing_new(
    world: World, filename: str
) -> None:
    known = EXPECTED[filename]
    first = imported(DATA / filename, "--skip-bad")

    assert first == {
        "new": known["good"],
        "changed": 0,
        "unchanged": 0,
        "blank": known.get("blank", 0),
        "bad": known["bad"] or {},
        "committed": True,
    }
    assert Recipient.objects.filter(cluster=world.riverside).count() == known["good"]

    second = imported(DATA / filename, "--skip-bad")
    assert second == first | {"new": 0, "unchanged": known["good"]}
    assert Recipient.objects.count() == known["good"]


def test_nothing_goes_in_while_there_are_rows_to_look_at(world: World) -> None:
    code, lines = run(DATA / "st-annes-estate.csv")
    answer = json.loads(lines[-1])

    assert code == 1
    assert (answer["new"], answer["committed"]) == (565, False)
    assert "row 19: email is not an address" in lines
    assert not Recipient.objects.exists()
    assert not Zone.objects.exists()


def test_a_dry_run_says_what_it_would_do_and_leaves_nothing_behind(
    world: World,
) -> None:
    code, lines = run(DATA / "riverside-quay.csv", "--dry-run")
    assert code == 0
    assert json.loads(lines[-1])["new"] == 900
    assert json.loads(lines[-1])["committed"] is False
    assert not Recipient.objects.exists()
    job = RecipientImport.objects.get()
    assert (job.status, job.rows.count(), hasattr(job, "file")) == (
        "cancelled",
        0,
        False,
    )


def test_it_is_done_in_the_name_of_who_is_named(world: World, mona: Any) -> None:
    imported(DATA / "riverside-quay.csv", "--by", "mona@example.org")
    assert {row.actor_label for row in Recipient.history.all()} == {"Mona"}


def test_without_a_name_it_is_the_command_line(world: World) -> None:
    imported(DATA / "riverside-quay.csv")
    assert {row.actor_label for row in Recipient.history.all()} == {"Command line"}
    assert RecipientImport.objects.get().created_by is None


@pytest.mark.parametrize(
    ("file", "options", "cluster", "sentence"),
    [
        ("none.csv", (), CLUSTER, "No such file"),
        (".", (), CLUSTER, "cannot be read"),
        ("empty.csv", (), CLUSTER, "The file is empty"),
        ("old.xls", (), CLUSTER, "older or binary kind of Excel"),
        ("unnamed.csv", (), CLUSTER, "No column holds the name"),
        ("good.csv", (), "nowhere", "There is no cluster “nowhere”"),
        ("good.csv", ("--by", "nobody@example.org"), CLUSTER, "Nobody signs in"),
        ("good.csv", ("--by", "ada@example.org"), CLUSTER, "this needs Manager"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_no_traceback(
    world: World,
    tmp_path: Path,
    file: str,
    options: tuple[str, ...],
    cluster: str,
    sentence: str,
) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99)
    (tmp_path / "unnamed.csv").write_text("Email\na@example.org\n")
    (tmp_path / "good.csv").write_text("Name,Email\nAnna,a@example.org\n")
    with pytest.raises(CommandError, match=sentence):
        run(tmp_path / file, *options, cluster=cluster)
    assert not Recipient.objects.exists()


def test_people_are_read_as_they_are_written(world: World) -> None:
    imported(DATA / "harbour-court.xlsx")
    shared = ContactPoint.objects.filter(channel="email").values("value").distinct()
    emails = ContactPoint.objects.filter(channel="email").count()
    assert emails - shared.count() == EXPECTED["harbour-court.xlsx"]["shared_addresses"]
    phones = ContactPoint.objects.filter(channel="sms")
    assert all(point.value.startswith("+44") for point in phones)
