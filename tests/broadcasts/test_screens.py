"""What staff see and press: every refusal has its reason, every page its next step."""

from __future__ import annotations

import pytest
from django.test import Client

from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.models import Broadcast, Dispatch
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db

EMERGENCIES = "/c/riverside/admin/emergencies/"
DRILLS = "/c/riverside/admin/drills/"


def browser(user) -> Client:
    client = Client()
    assert client.login(email=user.email, password=PASSWORD)
    return client


def raised(client, zone, where=EMERGENCIES, **given):
    data = {"scenario": "gas-leak", "zones": [zone.pk]} | given
    answer = client.post(f"{where}raise/", data)
    assert answer.status_code == 302, answer.content.decode()
    return Broadcast.objects.latest("pk")


def test_five_pages_and_nothing_typed_from_signing_in_to_submitted(
    careful, residents, ada
):
    client = Client()
    pages = []

    def load(path, data=None):
        send = client.get if data is None else client.post
        answer = send(path, data or {}, follow=True)
        assert answer.status_code == 200
        pages.append(path)
        return answer

    signed_in = load(
        "/admin/login/", {"username": ada.email, "password": PASSWORD}
    ).content.decode()
    assert f'href="{EMERGENCIES}raise/"' in signed_in
    form = load(f"{EMERGENCIES}raise/").content.decode()
    assert "Gas leak" in form
    review = load(
        f"{EMERGENCIES}raise/", {"scenario": "gas-leak", "zones": [residents.pk]}
    ).content.decode()
    assert "Submit for approval" in review
    broadcast = Broadcast.objects.get()
    done = load(
        f"{EMERGENCIES}{broadcast.uid}/review/", {"do": "submit", "version": "1"}
    ).content.decode()
    assert "It waits for a second person" in done
    assert len(pages) <= 5
    broadcast.refresh_from_db()
    assert broadcast.status == "submitted"


def test_what_is_missing_is_said_and_what_was_chosen_is_kept(careful, residents, ada):
    client = browser(ada)
    answer = client.post(f"{EMERGENCIES}raise/", {"scenario": "fire"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Choose where it is" in shown
    assert 'value="fire" checked' in shown
    answer = client.post(f"{EMERGENCIES}raise/", {"zones": [residents.pk]})
    assert "Choose what has happened" in answer.content.decode()
    assert not Broadcast.objects.exists()


def test_a_double_tap_makes_one_draft(careful, residents, ada):
    client = browser(ada)
    uid = "2b0c7a52-7a39-4c1d-8e36-3a2d6b1f9c10"
    for _tap in range(2):
        raised(client, residents, uid=uid)
    assert Broadcast.objects.count() == 1


def test_the_review_shows_what_people_will_read_in_each_language(
    careful, residents, ada
):
    client = browser(ada)
    broadcast = raised(client, residents)
    shown = client.get(f"{EMERGENCIES}{broadcast.uid}/review/").content.decode()
    assert "Gas leak in Heron block" in shown
    assert "Fuite de gaz : Heron block" in shown
    assert "the usual meeting point" in shown
    assert "au point de rassemblement habituel" in shown
    assert "cannot be reached" in shown
    assert "answer_url" not in shown


def test_a_blank_is_changed_on_the_review_page_for_every_language(
    careful, residents, ada
):
    client = browser(ada)
    broadcast = raised(client, residents)
    form = {
        "do": "save",
        "version": "1",
        "severity": "Extreme",
        "urgency": "Immediate",
        "certainty": "Observed",
        "minutes": "60",
        "channels": ["sms", "email"],
        "channel_mode": "first",
        "blank_meeting_point": "the boat house",
    }
    answer = client.post(f"{EMERGENCIES}{broadcast.uid}/review/", form)
    assert answer.status_code == 302
    broadcast.refresh_from_db()
    assert broadcast.blanks["meeting_point"] == "the boat house"
    assert (broadcast.minutes, broadcast.channel_mode) == (60, "first")
    assert not broadcast.wants_answers
    stale = client.post(f"{EMERGENCIES}{broadcast.uid}/review/", form)
    assert stale.status_code == 409
    assert "changed this after you opened it" in stale.content.decode()


def test_an_approver_ticks_types_and_it_is_live(submitted, grace, ada):
    client = browser(grace)
    address = f"{EMERGENCIES}{submitted.uid}/"
    page = client.get(address).content.decode()
    assert "Approve for 3 people" in page
    without = client.post(f"{address}approve/", {"version": submitted.version})
    assert without.status_code == 409
    assert "Tick that it goes to 3 people" in without.content.decode()
    yes = {"version": submitted.version, "confirmed": "3", "typed": "3"}
    assert client.post(f"{address}approve/", yes)["Location"] == address
    board = client.get(address).content.decode()
    assert "All clear" in board
    late = browser(ada).post(f"{address}approve/", yes)
    assert late.status_code == 403


def test_who_comes_second_sees_who_did_what(submitted, grace, mona):
    address = f"{EMERGENCIES}{submitted.uid}/"
    yes = {"version": submitted.version, "confirmed": "3", "typed": "3"}
    browser(grace).post(f"{address}approve/", yes)
    answer = browser(mona).post(f"{address}approve/", yes, follow=True)
    shown = answer.content.decode()
    assert "nothing was done" in shown
    assert "Approved: live" in shown
    assert "Grace" in shown
    assert Dispatch.objects.filter(broadcast=submitted).count() == 1


def test_its_submitter_sees_who_was_told_and_when_the_glass_opens(submitted, ada):
    page = browser(ada).get(f"{EMERGENCIES}{submitted.uid}/").content.decode()
    assert "Told: Grace, Mona" in page
    assert "you may send it alone" in page
    assert "Approve for" not in page


def test_a_drill_and_an_emergency_have_no_page_in_each_others_world(
    careful, gas, ada, live
):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    client = browser(ada)
    assert client.get(f"{EMERGENCIES}{drill.uid}/").status_code == 404
    assert client.get(f"{DRILLS}{live.uid}/").status_code == 404
    page = client.get(f"{DRILLS}{drill.uid}/review/").content.decode()
    assert "world-drill" in page
    assert "Nothing here is real" in page
    assert str(drill.uid) not in client.get(EMERGENCIES).content.decode()
    assert str(live.uid) not in client.get(DRILLS).content.decode()


@pytest.mark.parametrize(
    ("purpose", "words"),
    [
        (Purpose.UPDATE, "The gas is still off"),
        (Purpose.ALL_CLEAR, "It is over"),
        (Purpose.SENT_IN_ERROR, "It was a mistake"),
    ],
)
def test_a_follow_up_is_one_tap_and_a_confirmation(arrived, grace, purpose, words):
    client = browser(grace)
    address = f"{EMERGENCIES}{arrived.uid}/say/{purpose}/"
    asked = client.get(address).content.decode()
    assert words in asked
    assert "to 3 people" in asked
    assert not arrived.dispatches.filter(purpose=purpose).exists()
    answer = client.post(address, {"version": arrived.version})
    assert answer.status_code == 302
    again = client.post(address, {"version": arrived.version}, follow=True)
    assert again.status_code == 200
    assert arrived.dispatches.filter(purpose=purpose).count() == 1


def test_stop_says_whom_it_cannot_call_back_and_keeps_the_reason(live, grace):
    client = browser(grace)
    address = f"{EMERGENCIES}{live.uid}/stop/"
    assert "cannot be called back" in client.get(address).content.decode()
    client.post(address, {"version": live.version, "reason": "Wrong block"})
    live.refresh_from_db()
    assert live.status == "stopped"
    page = client.get(f"{EMERGENCIES}{live.uid}/").content.decode()
    assert "Wrong block" in page


def test_a_reason_that_is_too_long_is_kept_and_nothing_is_done(live, grace):
    client = browser(grace)
    given = {"version": live.version, "reason": "Wrong block. " * 60}
    answer = client.post(f"{EMERGENCIES}{live.uid}/stop/", given)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "at most 500 characters" in shown
    assert "Wrong block. Wrong block." in shown
    live.refresh_from_db()
    assert live.status == "live"


def test_the_board_moves_and_asks_to_be_loaded_when_it_is_over(arrived, grace):
    client = browser(grace)
    address = f"{EMERGENCIES}{arrived.uid}/now/?status=live"
    fragment = client.get(address).content.decode()
    assert "of 4 have it" in fragment
    assert "data-refresh-reload" not in fragment
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    assert "data-refresh-reload" in client.get(address).content.decode()


def test_staff_put_down_whom_they_have_seen(arrived, ada):
    client = browser(ada)
    di = arrived.cluster.recipients.get(name="Di")
    muster = f"{EMERGENCIES}{arrived.uid}/muster/"
    assert "Di" in client.get(muster).content.decode()
    answer = client.post(f"{muster}{di.pk}/", {"state": "safe", "tab": "silent"})
    assert answer["Location"].startswith(muster)
    assert ">Di<" not in client.get(muster).content.decode()
    shown = client.get(f"{muster}?tab=safe").content.decode()
    assert "recorded by staff" in shown


def test_break_glass_is_a_page_of_its_own_with_the_number_and_the_reason(
    submitted, ada
):
    address = f"{EMERGENCIES}{submitted.uid}/break-glass/"
    client = browser(ada)
    given = {"version": submitted.version, "confirmed": "3", "typed": "3"}
    early = client.post(address, given | {"reason": "Nobody picks up the phone"})
    assert early.status_code == 409
    assert "You may send it alone in 10 minutes" in early.content.decode()


@pytest.mark.parametrize("who", ["otto", "ada", "grace", "mona"])
@pytest.mark.parametrize(
    "path", ["", "raise/", "{live}/", "{live}/now/", "{live}/muster/", "{live}/stop/"]
)
def test_pages_answer_to_every_role(arrived, world, who, path):
    answer = browser(getattr(world, who)).get(
        EMERGENCIES + path.format(live=arrived.uid)
    )
    assert answer.status_code in (200, 403)
    if answer.status_code == 403:
        assert "this needs" in answer.content.decode() or "Ask" in (
            answer.content.decode()
        )


def home(user) -> str:
    return browser(user).get("/c/riverside/admin/").content.decode()


def test_home_says_first_what_waits_for_a_second_person(submitted, ada, grace):
    assert "waits for a second person" in home(grace)
    assert "Decide" in home(grace)
    assert "Look at it" in home(ada)


def test_home_says_what_is_live_until_it_is_over(live, otto, grace):
    assert "“Gas leak in Heron block” is live" in home(otto)
    broadcasts.follow_up(live, Purpose.ALL_CLEAR, by=grace)
    assert "is live" not in home(otto)


def test_home_chases_the_review_of_what_was_sent_alone(live, ada, grace):
    Broadcast.objects.filter(pk=live.pk).update(
        broke_glass=True, break_glass_reason="Nobody picked up", submitted_by=ada
    )
    assert "was sent without approval" in home(grace)
    assert "was sent without approval" not in home(ada)
    live.refresh_from_db()
    broadcasts.review(live, by=grace, note="It was right to do")
    assert "was sent without approval" not in home(grace)


def test_a_draft_that_was_returned_says_why_until_it_goes_round_again(
    submitted, ada, grace
):
    review = f"{EMERGENCIES}{submitted.uid}/review/"
    no = {"reason": "Name the stairs", "version": submitted.version}
    browser(grace).post(f"{EMERGENCIES}{submitted.uid}/return/", no)
    page = browser(ada).get(review).content.decode()
    assert "Grace returned this" in page
    assert "Name the stairs" in page
    submitted.refresh_from_db()
    broadcasts.submit(submitted, by=ada)
    broadcasts.take_back(submitted, by=ada)
    assert "Name the stairs" not in browser(ada).get(review).content.decode()
