"""Members come by invitation, end with a reason, and one manager always stays."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from notifications.actions import accounts, clusters, members
from notifications.errors import NotAllowed, Refused
from notifications.models import Cluster, Membership, Role
from tests.personas import World, join, make_person

from .conftest import SignIn

MEMBERS = "/c/riverside/admin/clusters/members/"


def of(user: Any, cluster: Cluster) -> Membership:
    return Membership.objects.get(user=user, cluster=cluster)


def test_a_new_member_chooses_a_password_by_the_link_and_is_in(
    world: World, sign_in: SignIn
) -> None:
    given = {"email": "Nora@Example.org", "first_name": "Nora", "role": Role.AUTHOR}
    answer = sign_in(world.mona).post(f"{MEMBERS}invite/", given)
    nora = get_user_model().objects.get(email="nora@example.org")
    link = re.search(r'value="http://127.0.0.1:\d+(/admin/[^"]+)"', answer.text)
    assert link is not None

    browser = Client()
    form_page = browser.get(link[1], follow=True)
    assert "Welcome, Nora" in form_page.text
    words = "a long and quiet river"
    done = browser.post(
        form_page.request["PATH_INFO"],
        {"new_password1": words, "new_password2": words},
        follow=True,
    )
    assert done.redirect_chain[-1][0] == "/c/riverside/admin/"
    assert of(nora, world.riverside).role == Role.AUTHOR
    assert "no longer works" in Client().get(link[1], follow=True).text


@pytest.fixture
def real_mail(settings: Any) -> None:
    settings.USE_SANDBOX_MAIL = False


def link_in(mail: Any) -> str:
    found = re.search(r"http://127.0.0.1:\d+(/admin/\S+)", mail.body)
    assert found is not None
    return found[1]


def works(link: str) -> bool:
    return "no longer works" not in Client().get(link, follow=True).text


@pytest.mark.usefixtures("real_mail")
def test_the_link_is_mailed_to_the_address_and_shown_to_nobody(
    world: World, sign_in: SignIn, mailoutbox: list[Any]
) -> None:
    given = {"email": "nora@example.org", "role": Role.AUTHOR}
    answer = sign_in(world.mona).post(f"{MEMBERS}invite/", given, follow=True)
    assert "/welcome/" not in answer.text.replace("member_welcome", "")
    assert "was mailed to nora@example.org" in answer.text
    assert [mail.to for mail in mailoutbox] == [["nora@example.org"]]
    assert works(link_in(mailoutbox[0]))


@pytest.mark.usefixtures("real_mail")
def test_a_mail_that_cannot_leave_is_said_and_the_link_still_not_shown(
    world: World, sign_in: SignIn, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    given = {"email": "nora@example.org", "role": Role.AUTHOR}
    answer = sign_in(world.mona).post(f"{MEMBERS}invite/", given, follow=True)
    assert "The mail to nora@example.org could not be sent" in answer.text
    assert "/clusters/welcome/" not in answer.text
    nora = get_user_model().objects.get(email="nora@example.org")
    assert of(nora, world.riverside).active


def test_a_second_cluster_voids_the_link_that_the_first_one_saw(
    world: World, sign_in: SignIn, mailoutbox: list[Any]
) -> None:
    given = {"email": "nora@example.org", "role": Role.AUTHOR}
    sign_in(world.mona).post(f"{MEMBERS}invite/", given)
    address = "/c/hilltop/admin/clusters/members/invite/"
    answer = sign_in(world.mallory).post(address, given)
    assert "have not set a password yet" in answer.text
    first, second = map(link_in, mailoutbox)
    assert not works(first)
    assert works(second)


def test_a_new_link_voids_the_one_before(world: World, mailoutbox: list[Any]) -> None:
    made = members.invite(world.riverside, "n@example.org", Role.AUTHOR, by=world.mona)
    members.welcome_again(made.membership, by=world.mona)
    first, second = map(link_in, mailoutbox)
    assert not works(first)
    assert works(second)


@pytest.mark.usefixtures("real_mail")
def test_a_platform_admin_sees_no_link_and_every_cluster_sees_that_one_was_made(
    world: World, sign_in: SignIn, mailoutbox: list[Any]
) -> None:
    join(world.ada, world.hilltop, Role.AUTHOR)
    address = f"/admin/clusters/users/{world.ada.pk}/welcome/"
    answer = sign_in(world.pia).post(address, follow=True)
    assert "/clusters/welcome/" not in answer.text
    assert mailoutbox[0].to == [world.ada.email]
    for cluster in (world.riverside, world.hilltop):
        row = of(world.ada, cluster).history.latest("history_id")
        assert row.history_change_reason == "A platform admin made a new sign-in link"
        assert row.actor_label == "Pia"
    page = sign_in(world.mona).get(f"{MEMBERS}{of(world.ada, world.riverside).pk}/")
    assert "made a new sign-in link" in page.text


def test_closing_and_opening_an_account_is_on_record(world: World) -> None:
    accounts.deactivate(world.ada, by=world.pia)
    accounts.activate(world.ada, by=world.pia)
    rows = of(world.ada, world.riverside).history.order_by("-history_id")[:2]
    assert [row.history_change_reason for row in rows] == [
        "Account activated by Pia",
        "Account deactivated by Pia",
    ]


def test_an_address_that_is_too_long_is_refused(world: World, sign_in: SignIn) -> None:
    long = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".example.org"
    with pytest.raises(Refused, match="longer than"):
        members.invite(world.riverside, long, Role.AUTHOR, by=world.mona)
    given = {"email": long, "role": Role.AUTHOR}
    answer = sign_in(world.mona).post(f"{MEMBERS}invite/", given)
    assert "at most 254 characters" in answer.text


def test_somebody_with_an_account_gets_no_link(world: World, sign_in: SignIn) -> None:
    given = {"email": "mallory@example.org", "role": Role.AUDITOR}
    answer = sign_in(world.mona).post(f"{MEMBERS}invite/", given, follow=True)
    assert "is a member now, and signs in as before" in answer.text
    assert "/welcome/" not in answer.text
    assert of(world.mallory, world.riverside).role == Role.AUDITOR


@pytest.mark.parametrize(
    "email", ["nobody", "a@b", "x@example.org\nBcc: y@example.org"]
)
def test_what_is_no_address_is_refused(world: World, email: str) -> None:
    with pytest.raises(Refused, match="not an email address"):
        members.invite(world.riverside, email, Role.AUTHOR, by=world.mona)


def test_a_member_is_not_invited_twice(world: World) -> None:
    with pytest.raises(Refused, match="member already"):
        members.invite(world.riverside, world.ada.email, Role.MANAGER, by=world.mona)


def test_a_former_member_can_be_invited_again(world: World) -> None:
    members.deactivate(of(world.ada, world.riverside), "On leave", by=world.mona)
    members.invite(world.riverside, world.ada.email, Role.AUDITOR, by=world.mona)
    again = of(world.ada, world.riverside)
    assert again.active
    assert again.role == Role.AUDITOR


@pytest.mark.parametrize("name", ["ada", "grace", "otto", "mallory", "pia"])
def test_only_a_manager_of_the_cluster_invites(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        members.invite(
            world.riverside, "n@example.org", Role.AUTHOR, by=getattr(world, name)
        )


def test_a_change_of_role_is_on_record(world: World) -> None:
    members.change_role(of(world.ada, world.riverside), Role.APPROVER, by=world.mona)
    row = of(world.ada, world.riverside).history.latest("history_id")
    assert row.role == Role.APPROVER
    assert row.history_change_reason == "Role changed from Author to Approver"
    assert row.actor_label == "Mona"


def test_the_last_manager_can_be_neither_demoted_nor_ended(world: World) -> None:
    mona = of(world.mona, world.riverside)
    with pytest.raises(Refused, match="last manager"):
        members.change_role(mona, Role.AUTHOR, by=world.mona)
    with pytest.raises(Refused, match="last manager"):
        members.deactivate(mona, "Leaving", by=world.mona)
    join(world.mallory, world.riverside, Role.MANAGER)
    members.deactivate(mona, "Leaving", by=world.mona)
    assert not of(world.mona, world.riverside).active


def test_a_manager_whose_account_is_closed_does_not_count(world: World) -> None:
    join(world.mallory, world.riverside, Role.MANAGER)
    get_user_model().objects.filter(pk=world.mallory.pk).update(is_active=False)
    with pytest.raises(Refused, match="last manager"):
        members.deactivate(of(world.mona, world.riverside), "Bye", by=world.mona)


def test_ending_a_membership_needs_a_reason_and_keeps_the_row(
    world: World, sign_in: SignIn
) -> None:
    ada = of(world.ada, world.riverside)
    client = sign_in(world.mona)
    client.post(f"{MEMBERS}{ada.pk}/end/", {"reason": " "})
    assert of(world.ada, world.riverside).active
    client.post(f"{MEMBERS}{ada.pk}/end/", {"reason": "Left the company"})
    assert not of(world.ada, world.riverside).active
    last = ada.history.latest("history_id")
    assert last.history_change_reason == "Deactivated: Left the company"


def test_a_member_may_leave(world: World, sign_in: SignIn) -> None:
    sign_in(world.otto).post(f"{MEMBERS}leave/", {"reason": "Audit is over"})
    assert not of(world.otto, world.riverside).active


def test_another_clusters_member_does_not_exist_here(
    world: World, sign_in: SignIn
) -> None:
    theirs = of(world.mallory, world.hilltop)
    answer = sign_in(world.mona).get(f"{MEMBERS}{theirs.pk}/")
    assert answer.status_code == 404


# A link to a password is a way into an account: who may make one?


def test_a_new_link_is_made_only_for_who_never_signed_in(world: World) -> None:
    made = members.invite(world.riverside, "n@example.org", Role.AUTHOR, by=world.mona)
    assert members.welcome_again(made.membership, by=world.mona).link
    with pytest.raises(Refused, match="have a password"):
        members.welcome_again(of(world.ada, world.riverside), by=world.mona)


def test_no_manager_can_take_over_an_account_of_another_cluster(world: World) -> None:
    first = members.invite(world.riverside, "n@example.org", Role.AUTHOR, by=world.mona)
    second = members.invite(
        world.hilltop, "n@example.org", Role.AUTHOR, by=world.mallory
    )
    assert first.welcome is not None
    assert not works(urlsplit(first.welcome.link).path)
    with pytest.raises(Refused, match="platform admin"):
        members.welcome_again(second.membership, by=world.mallory)


# Platform admins.


def test_a_platform_admin_makes_a_cluster_without_becoming_a_member(
    world: World, sign_in: SignIn
) -> None:
    given = {
        "name": "Meadow Court",
        "slug": "meadow",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "sender_name": "Meadow Court",
        "sender_email": "hello@meadow.example.org",
        "manager": world.ada.email,
    }
    answer = sign_in(world.pia).post("/admin/clusters/create/", given)
    assert answer["Location"] == "/admin/clusters/"
    meadow = Cluster.objects.get(slug="meadow")
    assert [(m.user, m.role) for m in meadow.memberships.all()] == [
        (world.ada, Role.MANAGER)
    ]
    assert sign_in(world.pia).get("/c/meadow/admin/").status_code == 404
    assert sign_in(world.ada).get("/c/meadow/admin/").status_code == 200


def test_a_name_that_is_taken_is_said_at_the_field(
    world: World, sign_in: SignIn
) -> None:
    given = {
        "name": "riverside quay",
        "slug": "riverside",
        "time_zone": "Europe/London",
        "language": "en",
        "sender_name": "R",
        "sender_email": "r@example.org",
        "manager": world.ada.email,
    }
    answer = sign_in(world.pia).post("/admin/clusters/create/", given)
    assert answer.status_code == 200
    assert "This name is taken" in answer.text
    assert "This short name is taken" in answer.text


def test_joining_takes_a_reason_that_the_managers_can_read(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.pia)
    address = f"/admin/clusters/{world.riverside.pk}/join/"
    client.post(address, {"role": "auditor", "reason": ""})
    assert not Membership.objects.filter(user=world.pia).exists()
    client.post(address, {"role": "auditor", "reason": "Ticket 4711: mails missing"})
    mine = of(world.pia, world.riverside)
    assert mine.joined_reason == "Ticket 4711: mails missing"
    page = sign_in(world.mona).get(f"{MEMBERS}{mine.pk}/")
    assert "Joined as platform admin: Ticket 4711: mails missing" in page.text


def test_joining_is_for_platform_admins(world: World) -> None:
    with pytest.raises(NotAllowed):
        clusters.join(world.hilltop, Role.AUDITOR, "Curious", by=world.mona)


def test_a_closed_account_can_no_longer_sign_in(world: World, sign_in: SignIn) -> None:
    ada = sign_in(world.ada)
    sign_in(world.pia).post(f"/admin/clusters/users/{world.ada.pk}/deactivate/")
    assert ada.get("/c/riverside/admin/").status_code == 302
    assert get_user_model().objects.filter(pk=world.ada.pk).exists()


def test_the_account_of_a_last_manager_stays_open(
    world: World, sign_in: SignIn
) -> None:
    address = f"/admin/clusters/users/{world.mona.pk}/deactivate/"
    answer = sign_in(world.pia).post(address)
    assert answer.status_code == 409
    assert "last manager of Riverside Quay" in answer.text


def test_a_platform_admin_cannot_close_the_own_account(world: World) -> None:
    with pytest.raises(Refused, match="yourself"):
        accounts.deactivate(world.pia, by=world.pia)


def test_the_list_of_clusters_shows_counts_and_no_person(
    world: World, sign_in: SignIn
) -> None:
    make_person(world.riverside, "Anna Bell", email="anna@example.org")
    text = sign_in(world.pia).get("/admin/clusters/").text
    assert "Riverside Quay" in text
    assert "Anna" not in text
