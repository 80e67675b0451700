"""What tests of one emergency in several clusters do on its pages."""

from __future__ import annotations

from notifications.models import Broadcast
from tests.broadcasts.test_screens import EMERGENCIES, browser

PAGE_UID = "2b0c7a52-7a39-4c1d-8e36-3a2d6b1f9c10"


def raised(user, zone, where=EMERGENCIES, **given):
    data = {"scenario": "gas-leak", "zones": [zone.pk], "also": ["hilltop"]}
    return browser(user).post(f"{where}raise/", data | {"uid": PAGE_UID} | given)


def pair() -> tuple[Broadcast, Broadcast]:
    """Riverside’s and Hilltop’s."""
    at = {each.cluster.slug: each for each in Broadcast.objects.all()}
    assert len(at) == Broadcast.objects.count() == 2
    return at["riverside"], at["hilltop"]


def page_of(user, broadcast, where=EMERGENCIES):
    return browser(user).get(f"{where}{broadcast.uid}/clusters/")


def submitted_all(user, *pairs, where=EMERGENCIES, **more):
    """What somebody is told who submits these, each at the version given."""
    data = {f"{each.uid}-version": version for each, version in pairs} | more
    address = f"{where}{pairs[0][0].uid}/clusters/"
    answer = browser(user).post(address, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
