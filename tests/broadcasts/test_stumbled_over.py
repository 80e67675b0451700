"""What a new manager stumbled over on their first night."""

from __future__ import annotations

import pytest
from django.test import Client

from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.models import NotificationLog, Recipient

BOARD = "/c/riverside/admin/emergencies/{}/"


@pytest.fixture
def board(arrived, grace):
    """Opens a page of the live emergency as Grace."""
    client = Client()
    client.force_login(grace)

    def get(rest="", **query):
        return client.get(BOARD.format(arrived.uid) + rest, query).content.decode()

    return get


def test_doors_come_in_the_order_in_which_somebody_walks(arrived, grace):
    people = Recipient.objects.filter(cluster=arrived.cluster, for_staff=False)
    zone = people.exclude(zone=None).first().zone
    for person, unit in zip(people.order_by("pk"), ["10A", "2A", "1D"], strict=False):
        Recipient.objects.filter(pk=person.pk).update(unit=unit, zone=zone)
    client = Client()
    client.force_login(grace)
    page = client.get(BOARD.format(arrived.uid) + "muster/", {"tab": "all"})
    units = [each.unit for _zone, rows in page.context["groups"] for each in rows]
    assert [each for each in units if each in ("10A", "2A", "1D")] == [
        "1D",
        "2A",
        "10A",
    ]


def test_all_clear_says_that_somebody_still_needs_help(arrived, board):
    assert "needs help still" not in board("say/all_clear/")
    entry = NotificationLog.objects.filter(dispatch__broadcast=arrived).first()
    broadcasts.answer(entry, "help")
    assert "1 person needs help still" in board("say/all_clear/")
    assert "needs help still" not in board("say/update/")


def test_once_it_is_over_the_board_says_when_it_ended(arrived, board, grace):
    assert ">Ends<" in board()
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    assert ">Ends<" not in board()
    assert ">Ended<" in board()
    assert "Live until" not in board("report/")
