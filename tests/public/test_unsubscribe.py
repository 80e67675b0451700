"""People stop messages by the link in a mail, without a cookie, a script or a login."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from notifications import events
from notifications.actions import opt_outs
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.links import sign_entry
from notifications.models import (
    ContactPoint,
    NotificationLog,
    OptOut,
    OptOutSource,
    Recipient,
)
from tests.opt_outs.planned import make_dispatch, plan, status_of
from tests.personas import World, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def anna(world: World) -> Recipient:
    return make_person(world.riverside, "Anna Berg", email="anna@example.org")


@pytest.fixture
def sent(anna: Recipient) -> NotificationLog:
    return plan(make_dispatch(anna.cluster), anna, status=EntryStatus.SENT)


@pytest.fixture
def stranger() -> Client:
    """A browser that checks CSRF, with no cookie at all."""
    return Client(enforce_csrf_checks=True)


def address(entry: NotificationLog) -> str:
    return f"/p/unsubscribe/{sign_entry(entry.pk)}/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(
    stranger: Client, sent: NotificationLog, method: str
) -> None:
    for _time in range(2):
        response = getattr(stranger, method)(address(sent))
        assert response.status_code == 200
    assert not OptOut.objects.exists()
    assert NotificationLog.history.count() == 1
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_the_page_asks_one_question_in_the_clusters_name_and_colour(
    stranger: Client, sent: NotificationLog
) -> None:
    page = text_of(stranger.get(address(sent)))
    assert "What should we stop sending you?" in page
    assert "Stop “Announcements” by email" in page
    assert "Stop everything by email" in page
    assert "Riverside Quay" in page
    assert "#1f4e5f" in page
    assert "<script" not in page
    assert "<img" not in page
    for word in ("Anna", "anna@example.org", "Hilltop", "Tocsin", sent.dispatch.title):
        assert word not in page


def test_one_click_stops_the_category_at_that_address(
    stranger: Client, sent: NotificationLog, anna: Recipient
) -> None:
    bo = make_person(anna.cluster, "Bo Berg", email="anna@example.org")
    dispatch = make_dispatch(anna.cluster)
    waiting, for_bo = plan(dispatch, anna), plan(dispatch, bo)
    bill = plan(make_dispatch(anna.cluster, events.PAYMENT_DUE), anna)
    response = stranger.post(address(sent), {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, response.content) == (200, b"OK\n")
    row = OptOut.objects.get()
    assert (row.source, row.category, row.channel) == (
        OptOutSource.ONE_CLICK,
        "announcements",
        "email",
    )
    assert row.holds_for_others
    assert row.source_entry == sent
    skipped = (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
    assert status_of(waiting) == status_of(for_bo) == skipped
    assert status_of(bill) == (EntryStatus.PLANNED, "")
    history = OptOut.history.get()
    assert (history.actor_kind, history.actor_label) == ("person", "The person")
    assert history.history_user_id == anna.pk


def test_one_click_silences_nobody_at_another_address_of_the_person(
    stranger: Client, sent: NotificationLog, anna: Recipient
) -> None:
    ContactPoint.objects.create(
        cluster=anna.cluster,
        recipient=anna,
        channel="email",
        value="family@example.org",
        primary=False,
    )
    bob = make_person(anna.cluster, "Bob Berg", email="family@example.org")
    for_bob = plan(make_dispatch(anna.cluster), bob)
    stranger.post(address(sent), {"List-Unsubscribe": "One-Click"})
    assert status_of(for_bob) == (EntryStatus.PLANNED, "")
    anna.contact_points.filter(value="anna@example.org").delete()
    anna.contact_points.update(primary=True)
    family = plan(make_dispatch(anna.cluster), anna, status=EntryStatus.SENT)
    stranger.post(address(family), {"List-Unsubscribe": "One-Click"})
    assert status_of(for_bob) == (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
    assert OptOut.objects.count() == 2


def test_one_click_takes_the_form_that_mail_programs_post(
    stranger: Client, sent: NotificationLog
) -> None:
    response = stranger.post(
        address(sent),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 200
    assert stranger.post(address(sent), {"List-Unsubscribe": "One-Click"}).content
    assert OptOut.objects.count() == 1


def test_a_button_stops_shows_so_and_can_be_undone(
    stranger: Client, sent: NotificationLog
) -> None:
    response = stranger.post(address(sent), {"stop": "category"}, follow=True)
    assert response.redirect_chain == [(address(sent), 303)]
    assert "You get no more messages about “Announcements” by email." in (
        text_of(response)
    )
    response = stranger.post(address(sent), {"stop": "everything"}, follow=True)
    assert "will not send you anything by email any more" in text_of(response)
    assert OptOut.objects.in_force().count() == 2
    response = stranger.post(address(sent), {"undo": "1"}, follow=True)
    assert "What should we stop sending you?" in text_of(response)
    assert not OptOut.objects.in_force().exists()
    last = OptOut.history.latest("history_id")
    assert last.actor_kind == "person"
    assert last.history_change_reason.startswith("Lifted: Taken back by the person")


def test_what_staff_recorded_is_shown_and_stays(
    stranger: Client, sent: NotificationLog, world: World, anna: Recipient
) -> None:
    opt_outs.opt_out(
        world.riverside,
        anna,
        source=OptOutSource.STAFF,
        reason="Secret reason",
        by=world.mona,
    )
    page = text_of(stranger.get(address(sent)))
    assert "has put this on record for you" in page
    assert "Undo" not in page
    assert "Secret reason" not in page
    stranger.post(address(sent), {"undo": "1"})
    assert OptOut.objects.in_force().count() == 1


def test_a_post_without_a_choice_is_answered_with_the_page(
    stranger: Client, sent: NotificationLog
) -> None:
    response = stranger.post(address(sent), {})
    assert response.status_code == 400
    assert "What should we stop sending you?" in text_of(response)
    assert not OptOut.objects.exists()


def test_the_page_speaks_the_persons_language(
    stranger: Client, sent: NotificationLog, anna: Recipient
) -> None:
    Recipient.objects.filter(pk=anna.pk).update(language="fr")
    page = text_of(stranger.get(address(sent)))
    assert "Que ne souhaitez-vous plus recevoir" in page
    assert "Ne plus recevoir « Annonces » par e-mail" in page
    assert '<html lang="fr">' in page
    stranger.post(address(sent), {"stop": "category"})
    assert OptOut.history.get().actor_label == "The person"
    Recipient.objects.filter(pk=anna.pk).update(language="zz")
    assert '<html lang="en-gb">' in text_of(stranger.get(address(sent)))


@pytest.mark.parametrize("spoilt", ["", "x", "1", "12.abc"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_not_ours_gets_a_sentence(
    stranger: Client, sent: NotificationLog, spoilt: str, method: str
) -> None:
    token = sign_entry(sent.pk)[:-1] + "!" + spoilt
    response = getattr(stranger, method)(
        f"/p/unsubscribe/{token}/", {"List-Unsubscribe": "One-Click"}
    )
    assert response.status_code == 404
    assert "This link is not complete" in text_of(response)
    assert not OptOut.objects.exists()


def test_a_link_to_nothing_gets_a_sentence(stranger: Client, world: World) -> None:
    response = stranger.get(f"/p/unsubscribe/{sign_entry(10**9)}/")
    assert response.status_code == 404
    assert "no longer on record" in text_of(response)
    response = stranger.get(
        f"/p/unsubscribe/{sign_entry(10**9)}/", headers={"accept-language": "fr"}
    )
    assert "Ce lien ne fonctionne pas" in text_of(response)


def test_other_methods_are_refused(stranger: Client, sent: NotificationLog) -> None:
    assert stranger.delete(address(sent)).status_code == 405
    assert stranger.put(address(sent)).status_code == 405
