"""What an approver has in their hand: a link of their own that only shows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from notifications.actions import broadcasts
from notifications.actions.explain.letter import letter
from notifications.links import sign_answer, sign_review
from notifications.models import (
    Broadcast,
    ContactPoint,
    Dispatch,
    Membership,
    NotificationLog,
    Role,
)
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.personas import join

pytestmark = pytest.mark.services

YES = {"confirmed_people": 3, "typed_people": 3}
LINK = re.compile(r"https?://[^/\s]+(/r/\S+)")


def entry_of(user) -> NotificationLog:
    """What this approver was sent when it was submitted."""
    return NotificationLog.objects.get(
        dispatch__about__isnull=False, recipient__user=user, channel="email"
    )


@pytest.fixture
def asked(submitted, said):
    """Grace and Mona have been mailed."""
    fan_out(Dispatch.objects.get(about=submitted))
    flow.deliver()
    return submitted


@pytest.fixture
def path(asked, grace) -> str:
    return f"/r/{sign_review(entry_of(grace).pk)}"


def test_each_approver_is_sent_a_link_of_their_own(asked, said, grace, mona):
    found = {to: LINK.search(text)[1] for to, _subject, text in said}
    assert set(found) == {grace.email, mona.email}
    for user in (grace, mona):
        assert found[user.email] == f"/r/{sign_review(entry_of(user).pk)}"
    assert len(set(found.values())) == 2


def test_it_shows_what_would_go_out_without_signing_in(path, client, asked):
    page = client.get(path)
    shown = page.content.decode()
    assert page.status_code == 200
    for words in (
        "It waits for a second person",
        "Gas leak in Heron block. Leave now. Meet at the north gate.",
        "Il y a une fuite de gaz : Heron block.",
        "As a text message, English",
        "As a mail, français",
        "It was a mistake",
        "3 people",
        "By text and by mail, both",
        "Ada",
        timezone.localtime(asked.submitted_at).strftime("%H:%M"),
        "Sign in to approve",
    ):
        assert words in shown, words
    assert f"/c/riverside/admin/emergencies/{asked.uid}/" in shown


def test_it_has_a_heading_for_whatever_may_follow(path, client, asked):
    step = {"minutes": 5, "channels": ["sms"], "contacts": "caretaker"}
    Broadcast.objects.filter(pk=asked.pk).update(ladder=[step])
    shown = client.get(path).content.decode()
    assert "What their contacts will read" in shown
    assert "Somebody who names you as their contact has not answered." in shown


def test_of_what_a_program_raised_it_names_the_program(path, client, asked):
    Broadcast.objects.filter(pk=asked.pk).update(submitted_by=None, origin="Panel 3")
    shown = client.get(path).content.decode()
    assert "by Panel 3 at" in shown


def test_it_names_no_resident_and_leaves_no_trace(path, client):
    page = client.get(path)
    shown = page.content.decode()
    assert not re.search(r"\b(Ann|Bea|Cy|Di|Eve)\b|@example\.org|447700", shown)
    assert "/a/…" in shown
    assert "{{" not in shown
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert "noindex" in shown
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    assert "<script" not in shown
    assert "<form" not in shown


def rows() -> dict[str, int]:
    models = apps.get_app_config("notifications").get_models()
    return {each.__name__: each._base_manager.count() for each in models}


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete"])
def test_whatever_is_asked_nothing_changes(path, client, asked, method):
    before = rows()
    answer = getattr(client, method)(path)
    assert answer.status_code == (200 if method in ("get", "head") else 405)
    assert rows() == before
    asked.refresh_from_db()
    assert (asked.status, asked.version) == ("submitted", 2)


def test_its_button_asks_to_sign_in_and_leads_to_the_decision(
    path, client, asked, grace
):
    address = f"/c/riverside/admin/emergencies/{asked.uid}/"
    answer = client.get(address)
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]
    client.force_login(grace)
    assert "Approve for 3 people" in client.get(address).content.decode()


def gone(answer) -> bool:
    shown = answer.content.decode()
    return answer.status_code == 404 and "Heron" not in shown


def test_it_runs_out(path, client, asked):
    told = Dispatch.objects.filter(about=asked)
    told.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert client.get(path).status_code == 200
    told.update(created_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert gone(client.get(path))


@pytest.mark.parametrize(
    "change", [{"active": False}, {"role": Role.AUTHOR}, {"recipient": None}]
)
def test_it_ends_with_the_membership(path, client, grace, change):
    Membership.objects.filter(user=grace).update(**change)
    assert gone(client.get(path))


def test_it_ends_with_the_account(path, client, grace):
    grace.is_active = False
    grace.save()
    assert gone(client.get(path))


def test_a_role_elsewhere_does_not_keep_it_alive(path, client, grace, hilltop):
    join(grace, hilltop, Role.MANAGER)
    Membership.objects.filter(user=grace, cluster__slug="riverside").update(
        active=False
    )
    assert gone(client.get(path))


def test_no_other_token_opens_it(path, client, asked, grace, mona):
    entry = entry_of(grace)
    token = path.removeprefix("/r/")
    other = next(each for each in "AB" if each != token[0])
    for wrong in (
        sign_answer(entry.pk),
        other + token[1:],
        token[:-1],
        f"{token}0",
        token[:10] + sign_review(entry_of(mona).pk)[10:],
        "é" * 12,
        "x",
    ):
        if wrong != token:
            assert gone(client.get(f"/r/{wrong}")), wrong


def test_a_token_for_something_else_shows_nothing(live, client):
    """The alert itself is about nothing that an approver is asked."""
    entry = NotificationLog.objects.filter(dispatch__broadcast=live).first()
    assert gone(client.get(f"/r/{sign_review(entry.pk)}"))


def _broken(broadcast, ada):
    later = timezone.now() + timedelta(minutes=11)
    broadcasts.break_glass(
        broadcast, by=ada, reason="Nobody picks up the phone", now=later, **YES
    )


def _stopped(broadcast, grace):
    broadcasts.approve(broadcast, by=grace, **YES)
    broadcasts.stop(broadcast, by=grace)


def _ended(broadcast, grace):
    broadcasts.approve(broadcast, by=grace, **YES)
    broadcasts.follow_up(broadcast, "all_clear", by=grace)


@pytest.mark.parametrize(
    ("who", "act", "sentence"),
    [
        ("ada", lambda b, by: broadcasts.take_back(b, by=by), "taken back or returned"),
        (
            "mona",
            lambda b, by: broadcasts.return_to_author(b, by=by, reason="South gate"),
            "taken back or returned",
        ),
        (
            "mona",
            lambda b, by: broadcasts.reject(b, by=by, reason="No leak"),
            "It was rejected. Nobody has had it.",
        ),
        (
            "ada",
            lambda b, by: broadcasts.cancel(b, by=by),
            "It was put away. Nobody has had it.",
        ),
        (
            "mona",
            lambda b, by: broadcasts.approve(b, by=by, **YES),
            r"Mona approved it at \d\d:\d\d. It is live.",
        ),
        ("ada", _broken, r"Ada sent it alone at \d\d:\d\d. It is live."),
        ("mona", _stopped, r"It was sent at \d\d:\d\d, and sending was stopped."),
        ("mona", _ended, r"It was sent at \d\d:\d\d, and it is over."),
    ],
    ids=["back", "returned", "rejected", "away", "live", "alone", "stopped", "over"],
)
def test_what_waits_no_more_says_what_happened(
    path, client, asked, world, who, act, sentence
):
    act(asked, getattr(world, who))
    shown = client.get(path).content.decode()
    assert re.search(sentence, shown)
    assert "Sign in to see it" in shown
    assert "Sign in to approve" not in shown
    assert "Leave now" not in shown


def test_submitted_again_it_shows_what_waits_now(path, client, asked, gas, ada):
    broadcasts.take_back(asked, by=ada)
    words = broadcasts.draft_of(asked)
    changed = {name: getattr(words, name) for name in words.__slots__}
    changed["blanks"] = {"meeting_point": "the south gate"}
    draft = broadcasts.Draft(**changed)
    broadcasts.save_draft(asked, draft, by=ada, version=asked.version)
    assert "south gate" not in client.get(path).content.decode()
    broadcasts.submit(asked, by=ada)
    assert "the south gate" in client.get(path).content.decode()


def test_it_speaks_the_language_of_the_cluster(path, client, asked, riverside):
    riverside.language = "fr"
    riverside.save()
    shown = client.get(path).content.decode()
    for words in (
        '<html lang="fr">',
        "En attente d’une seconde personne",
        "Se connecter pour approuver",
        "Par SMS et par mail, les deux",
        "En SMS, English",
        "3 personnes",
        "Ce lien vous est personnel",
    ):
        assert words in shown, words


def test_a_drill_says_so_and_leads_to_drills(careful, gas, ada, grace, said, client):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    fan_out(Dispatch.objects.get(about=drill))
    flow.deliver()
    found = {to: LINK.search(text)[1] for to, _subject, text in said}
    shown = client.get(found[grace.email]).content.decode()
    assert "This is an exercise" in shown
    assert f"/admin/drills/{drill.uid}/" in shown


def test_the_log_never_shows_the_live_link(asked, grace):
    shown = letter(entry_of(grace))
    token = sign_review(entry_of(grace).pk)
    assert "/r/…" in shown.text
    assert token not in shown.text + shown.html


def test_two_approvers_who_share_a_mailbox_are_sent_one_each(submitted, said, grace):
    ContactPoint.objects.filter(recipient__user__isnull=False).update(value=grace.email)
    fan_out(Dispatch.objects.get(about=submitted))
    flow.deliver()
    assert [to for to, _subject, _text in said] == [grace.email] * 2
    assert len({LINK.search(text)[1] for _to, _subject, text in said}) == 2


def test_what_staff_are_told_is_no_message_of_the_broadcast(asked):
    assert asked.staff_told.count() == 1
    assert not asked.dispatches.exists()
