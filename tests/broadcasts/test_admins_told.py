"""Platform admins hear of what went alone: from a worker, and until they have it."""

from __future__ import annotations

import threading
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from notifications.actions import alerts, broadcasts
from notifications.actions.alerts import mailing
from notifications.models import AdminMail
from notifications.tasks import queues
from notifications.tasks.sweeping import Sweeper
from tests.broadcasts.everybody import YES
from tests.broadcasts.test_at_once import on_disk as on_disk
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.personas import make_user

pytestmark = pytest.mark.services

WHY = "Grace and Mona do not pick up"
SUBJECT = "Sent without approval: "


@pytest.fixture
def olga(world):
    """Runs the installation together with pia."""
    return make_user("olga@example.org", "Olga", is_superuser=True)


@pytest.fixture
def alone(submitted, ada, mailoutbox):
    """Ada has sent it alone, and every ring in the queue was lost."""
    later = timezone.now() + timedelta(minutes=11)
    broadcasts.break_glass(submitted, by=ada, reason=WHY, now=later, **YES)
    mailoutbox.clear()
    return submitted


@pytest.fixture
def server(monkeypatch):
    """The mail server, and whom it has trouble with; ``server[address] = trouble``."""
    troubles: dict[str, BaseException] = {}
    send = mailing.send_mail

    def deliver(subject, words, sender, to):
        for address in {*to, "*"} & set(troubles):
            raise troubles[address]
        return send(subject, words, sender, to)

    monkeypatch.setattr(mailing, "send_mail", deliver)
    return troubles


def later(**time: float) -> None:
    """A worker looks, so long after now."""
    with time_machine.travel(timezone.now() + timedelta(**time)):
        Sweeper(queues.main).sweep()


def told() -> list[str]:
    """Who has the mail, past the engine."""
    words = set(AdminMail.objects.values_list("words", flat=True))
    return sorted(to for each in mail.outbox if each.body in words for to in each.to)


def untold() -> list[str]:
    waiting = AdminMail.objects.filter(told_at=None).order_by("pk")
    return [each.admin.email for each in waiting]


def test_who_sends_alone_waits_for_no_mail_server(
    submitted, ada, pia, monkeypatch, mailoutbox, django_capture_on_commit_callbacks
):
    rung = []
    for queue in (queues.main, queues.emergency):
        monkeypatch.setattr(queue, "enqueue", rung.append)
    mailoutbox.clear()
    moment = timezone.now() + timedelta(minutes=11)
    with (
        time_machine.travel(moment),
        django_capture_on_commit_callbacks(execute=True),
    ):
        page = browser(ada).post(
            f"{EMERGENCIES}{submitted.uid}/break-glass/",
            {
                "version": submitted.version,
                "confirmed": "3",
                "typed": "3",
                "reason": WHY,
            },
        )
    assert page.status_code == 302
    submitted.refresh_from_db()
    assert submitted.status == "live"
    assert (mailoutbox, untold()) == ([], [pia.email])
    assert [each.args for each in rung if each.name.endswith("tell_admin")] == [
        (AdminMail.objects.get().pk,)
    ]


def test_a_commit_rings_and_the_mail_goes_at_once(
    submitted, ada, pia, mailoutbox, django_capture_on_commit_callbacks
):
    moment = timezone.now() + timedelta(minutes=11)
    with django_capture_on_commit_callbacks(execute=True):
        broadcasts.break_glass(submitted, by=ada, reason=WHY, now=moment, **YES)
    (one,) = AdminMail.objects.all()
    assert one.told_at is not None
    assert one.subject == f"{SUBJECT}{submitted.title}"
    assert one.words.startswith("Riverside Quay: Ada")
    assert WHY in one.words
    assert [each.to for each in mailoutbox if each.body == one.words] == [[pia.email]]


def test_a_lost_ring_is_made_up_for_and_nobody_is_told_twice(olga, alone, pia):
    for seconds in (1, 2, 3, 4000):
        later(seconds=seconds)
    assert told() == [olga.email, pia.email]
    assert untold() == []


def test_of_what_was_not_done_nobody_hears(submitted, ada, pia):
    moment = timezone.now() + timedelta(minutes=11)
    with transaction.atomic():
        broadcasts.break_glass(submitted, by=ada, reason=WHY, now=moment, **YES)
        assert untold() == [pia.email]
        transaction.set_rollback(True)
    assert untold() == []


def test_a_mail_server_that_is_down_is_tried_until_it_is_not(alone, pia, server):
    server["*"] = ConnectionRefusedError()
    later(seconds=1)
    assert (told(), untold()) == ([], [pia.email])
    assert alerts.untold() == [], "not at every sweep: in a minute"
    server.clear()
    later(seconds=30)
    assert told() == []
    later(seconds=70)
    assert (told(), untold()) == ([pia.email], [])


@pytest.mark.parametrize(
    ("down_for", "wait"),
    [({"seconds": 1}, 60), ({"minutes": 10}, 600), ({"days": 3}, 3600)],
)
def test_it_waits_as_long_again_but_never_longer_than_an_hour(
    alone, pia, server, down_for, wait
):
    server["*"] = TimeoutError()
    moment = timezone.now() + timedelta(**down_for)
    later(**down_for)
    # By then a review is asked for as well.
    due = AdminMail.objects.earliest("pk").due_at
    assert abs((due - moment).total_seconds() - wait) < 10


def test_a_worker_that_dies_while_it_writes_leaves_it_to_another(alone, pia, server):
    server["*"] = SystemExit()
    with pytest.raises(SystemExit):
        later(seconds=1)
    assert untold() == [pia.email]
    server.clear()
    later(seconds=70)
    assert told() == [pia.email]


def test_an_address_that_is_refused_keeps_nobody_else_waiting(olga, alone, pia, server):
    server[pia.email] = SMTPRecipientsRefused({})
    for minutes in (1, 3, 9):
        later(minutes=minutes)
    assert told() == [olga.email]
    pia.email = "pia@new.example.org"
    pia.save()
    later(hours=1)
    assert told() == [olga.email, "pia@new.example.org"]


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
def test_who_is_no_platform_admin_any_more_hears_nothing(alone, pia, field):
    setattr(pia, field, False)
    pia.save()
    later(seconds=1)
    assert (told(), untold()) == ([], [])
    assert not AdminMail.objects.exists()


def test_a_headline_of_two_lines_is_told_in_one(world, mailoutbox):
    alerts.write_to_admins(f"{SUBJECT}Gas leak\nLeave now" + "!" * 300, "Review it.")
    later(seconds=1)
    (one,) = mailoutbox
    assert one.subject.startswith(f"{SUBJECT}Gas leak Leave now!")


def test_of_two_workers_one_tells(on_disk, quiet_bell, world, monkeypatch):
    alerts.write_to_admins("Sent without approval", "Somebody else has to review it.")
    (pk,) = alerts.untold()
    ready, sent = threading.Barrier(2), []
    monkeypatch.setattr(mailing, "send_mail", lambda *mail: sent.append(mail))

    def work():
        ready.wait(30)
        alerts.tell(pk)
        connections.close_all()

    workers = [threading.Thread(target=work) for _each in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)
    assert len(sent) == 1
