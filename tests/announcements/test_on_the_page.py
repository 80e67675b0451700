"""An announcement on the public page of notices: from its release until its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.actions import announcements, dispatches
from notifications.audience import Criteria
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Announcement, Dispatch
from tests.personas import make_person

from .conftest import Browser, written

pytestmark = pytest.mark.services

PAGE = "/n/riverside/"
HEADING = "From nine to twelve"


def wall(**later) -> str:
    """So much later on clocks at Riverside, as the composer sends it."""
    there = timezone.localtime(timezone.now() + timedelta(**later))
    return there.strftime("%Y-%m-%dT%H:%M")


def public(**changes):
    """The composer with the box ticked, for a day."""
    return written(public="on", public_until=wall(days=1), **changes)


def shown(**query) -> str:
    answer = Client().get(PAGE, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def noted(heron, ada, browse) -> Announcement:
    """Ada's draft, to stand on the page for a day."""
    assert browse(ada).write(**public()).status_code == 302
    return Announcement.objects.get()


@pytest.fixture
def released(noted, ada) -> Announcement:
    announcements.send_now(noted, by=ada)
    return Announcement.objects.select_related("cluster").get()


def test_a_draft_stands_nowhere_and_what_was_sent_stands_there(noted, ada):
    assert HEADING not in shown()
    announcements.send_now(noted, by=ada)
    page = shown()
    assert "Water off on Monday" in page
    assert HEADING in page
    # Neither the foot of a mail nor anybody's way out of it.
    assert "unsubscribe" not in page.lower()
    assert Client().get(PAGE)["Cache-Control"] == "public, max-age=10"


def test_the_live_page_leads_to_the_page_of_notices(released, ada, browse):
    dispatch = Dispatch.objects.get()
    live = browse(ada).get(f"live/{dispatch.uid}/").content.decode()
    assert "/n/riverside/" in live
    assert "/c/riverside/n/" not in live


def test_without_the_box_it_does_not(heron, ada, browse):
    browse(ada).write(**written(public_until=wall(days=1)))
    announcement = Announcement.objects.get()
    announcements.send_now(announcement, by=ada)
    assert announcement.public_until is None
    assert HEADING not in shown()


def test_it_goes_from_the_page_when_its_time_has_passed(released):
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert HEADING in shown()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert HEADING not in shown()


def test_one_that_is_cancelled_on_its_way_vanishes(released, ada):
    dispatches.cancel(Dispatch.objects.get(), by=ada, reason="Wrong day")
    assert HEADING not in shown()


def test_one_that_was_put_away_was_never_there(noted, ada):
    announcements.cancel(noted, by=ada)
    assert HEADING not in shown()


def test_a_test_to_oneself_shows_nothing(noted, ada):
    announcements.send_test(noted, by=ada)
    assert HEADING not in shown()


@pytest.mark.parametrize("words", ["Dear {{ first_name }}", "{{ unsubscribe_url }}"])
def test_words_for_one_person_cannot_stand_there_and_it_says_why(
    heron, ada, browse, words
):
    ada_here = browse(ada)
    fresh = ada_here.get("add/").content.decode()
    assert "These words are another for each person (First name)" in fresh
    ada_here.write(**public(**{"body-0-value": words}))
    announcement = Announcement.objects.get()
    with pytest.raises(Refused, match="cannot stand on the public notice page"):
        announcements.send_now(announcement, by=ada)
    page = ada_here.get(f"{announcement.uid}/edit/").content.decode()
    assert "These words are another for each person" in page
    assert not Dispatch.objects.exists()


def test_words_that_are_the_same_for_all_are_filled_in(heron, ada, browse):
    words = {"body-0-value": "News of {{ cluster }}", "subject": "{{ sender_name }}"}
    browse(ada).write(**public(**words))
    announcements.send_now(Announcement.objects.get(), by=ada)
    assert "News of Riverside Quay" in shown()


def test_what_is_typed_is_never_markup(heron, ada, browse):
    words = {"body-0-value": "<script>alert(1)</script>", "subject": "<b>Off</b>"}
    browse(ada).write(**public(**words))
    announcements.send_now(Announcement.objects.get(), by=ada)
    page = shown()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>Off" not in page


@pytest.mark.parametrize("until", ["", "nonsense", "2020-01-01T10:00"])
def test_an_end_that_is_none_is_asked_for_again(heron, ada, browse, until):
    answer = browse(ada).write(**written(public="on", public_until=until))
    assert answer.status_code == 422
    assert not Announcement.objects.exists()


def test_it_cannot_end_before_it_is_sent(noted, ada):
    later = timezone.localtime(timezone.now() + timedelta(days=2)).replace(tzinfo=None)
    with pytest.raises(Refused, match="off the notice page before"):
        announcements.schedule(noted, by=ada, send_at_wall=later)


def test_the_approver_sees_it_and_it_cannot_be_put_there_afterwards(
    noted, riverside, ada, grace, browse
):
    riverside.requires_approval = True
    riverside.save()
    announcement = Announcement.objects.select_related("cluster").get()
    announcements.send_now(announcement, by=ada)
    assert HEADING not in shown()
    page = browse(grace).get(f"{announcement.uid}/").content.decode()
    assert "On the public notice page" in page
    changed = announcements.Draft(
        subject="Other", body=announcement.body, criteria=Criteria(everyone=True)
    )
    with pytest.raises(MoveRefused):
        announcements.save_draft(
            announcement, changed, by=ada, version=announcement.version
        )
    seen = announcement.version
    announcements.unschedule(announcement, by=ada)
    with pytest.raises(MoveRefused):
        announcements.approve(announcement, by=grace, version=seen)


def test_staff_take_it_off_at_any_time_and_that_stays_on_record(released, ada, browse):
    live = browse(ada).get(f"{released.uid}/").headers["Location"]
    client = browse(ada).client
    assert "Take it off" in client.get(live).content.decode()
    answer = browse(ada).post(f"{released.uid}/take-off/", reason="It is on again")
    assert answer.status_code == 302
    assert HEADING not in shown()
    last = released.history.first()
    assert last.history_change_reason == "Taken off the notice page: It is on again"
    assert last.actor_label == "Ada"
    assert "Take it off" not in client.get(live).content.decode()
    released.refresh_from_db()
    with pytest.raises(MoveRefused):
        announcements.take_off_page(released, by=ada)


def test_who_may_not_write_may_not_take_it_off(released, otto, mallory):
    for somebody in (otto, mallory):
        with pytest.raises(NotAllowed):
            announcements.take_off_page(released, by=somebody)
    assert Browser(otto).post(f"{released.uid}/take-off/").status_code == 403
    assert HEADING in shown()


def test_it_stands_on_the_page_of_its_own_cluster_alone(released):
    assert HEADING not in Client().get("/n/hilltop/").content.decode()


def test_however_many_there_are_the_page_asks_once_and_shows_the_newest(
    released, ada, browse
):
    with CaptureQueriesContext(
        connection,
    ) as one:
        shown()
    for number in range(25):
        copied = announcements.copy(released, by=ada)
        Announcement.objects.filter(pk=copied.pk).update(
            public_until=timezone.now() + timedelta(days=1), subject=f"News {number}"
        )
        copied.refresh_from_db()
        announcements.send_now(copied, by=ada)
    with CaptureQueriesContext(connection) as many:
        page = shown()
    assert len(many) == len(one)
    assert page.count('class="news"') == 20
    assert page.index("News 24") < page.index("News 23")
    assert "Water off on Monday" not in page


def test_a_copy_is_not_public_until_somebody_says_so(released, ada):
    assert announcements.copy(released, by=ada).public_until is None


def test_a_long_one_is_cut_and_unfolds_without_a_script(heron, ada, browse):
    words = "A sentence that says something. " * 20 + "The end."
    browse(ada).write(**public(**{"body-0-value": words}))
    announcements.send_now(Announcement.objects.get(), by=ada)
    page = shown()
    assert "<details><summary>" in page
    assert "The end." in page


def test_where_it_was_written_in_several_languages_each_can_be_chosen(released):
    both = released.public_words | {"fr": {"title": "Eau coupée", "text": "De 9 à 12"}}
    Announcement.objects.filter(pk=released.pk).update(public_words=both)
    page = shown()
    assert HEADING in page
    assert '<b lang="en">English</b>' in page
    assert '<a href="?in=fr" lang="fr" hreflang="fr">français</a>' in page
    french = shown(**{"in": "fr"})
    assert "De 9 à 12" in french
    assert HEADING not in french
    assert '<html lang="fr">' in french
    assert HEADING in shown(**{"in": "xx"})


def texted(riverside, settings, ada, **changes) -> Announcement:
    """A draft that goes by text message alone, to stand on the page."""
    settings.TOCSIN_CHANNELS = {"sms": "notifications.channels.email.EmailChannel"}
    make_person(riverside, "Tess", phone="+447700900555")
    draft = announcements.Draft(
        sms="Water off at nine",
        channels=("sms",),
        criteria=Criteria(everyone=True),
        public_until_wall=timezone.localtime().replace(tzinfo=None) + timedelta(days=1),
        **changes,
    )
    return announcements.create_draft(riverside, draft, by=ada)


def test_a_text_stands_there_without_a_subject_that_nobody_sees(
    riverside, settings, ada
):
    for hidden in ("Board: not for residents", "{{ broken"):
        announcements.send_now(texted(riverside, settings, ada, subject=hidden), by=ada)
    page = shown()
    assert page.count("Water off at nine") == 2
    assert "<h3>" not in page
    assert "Board" not in page


def test_words_that_cannot_be_read_are_named_once(riverside, settings, ada):
    broken = texted(riverside, settings, ada)
    Announcement.objects.filter(pk=broken.pk).update(sms="{{ unit ")
    broken.refresh_from_db()
    found = announcements.problems(broken)
    assert len(found) == len(set(found)) == 1


def test_an_end_on_the_page_that_has_passed_is_said_before_it_goes(
    noted, riverside, ada, grace
):
    riverside.requires_approval = True
    riverside.save()
    announcement = Announcement.objects.select_related("cluster").get()
    announcements.send_now(announcement, by=ada)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        with pytest.raises(Refused, match="stand on the public notice page has passed"):
            announcements.approve(announcement, by=grace)
        assert "has passed" in announcements.problems(announcement)[0]


@pytest.mark.parametrize("until", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_an_end_at_the_end_of_the_calendar_is_refused(heron, ada, browse, until):
    heron.cluster.time_zone = "America/New_York"
    heron.cluster.save()
    answer = browse(ada).write(**written(public="on", public_until=until))
    assert answer.status_code == 422
    assert "is no time to plan for" in answer.text


@pytest.mark.parametrize(
    ("asked", "code"), [("pl-PL,en;q=0.5", "pl"), ("fr", "fr-ca"), ("de", "en")]
)
def test_the_language_of_a_browser_is_found_among_all_that_is_written(
    released, asked, code
):
    words = {
        each: {"title": "", "text": f"In {each}"} for each in ("en", "fr-ca", "pl")
    }
    Announcement.objects.filter(pk=released.pk).update(public_words=words)
    page = Client().get(PAGE, headers={"accept-language": asked}).content.decode()
    assert f"In {code}" in page
    assert f'<html lang="{code}' in page
