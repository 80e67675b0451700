"""The address names the cluster, and the gate lets only members through."""

from __future__ import annotations

import pytest
from django.test import Client

from notifications.models import Role
from tests.personas import World, join

from .conftest import SignIn

HOME = "/c/riverside/admin/"


def test_somebody_not_signed_in_is_sent_to_the_sign_in_page(world: World) -> None:
    answer = Client().get(HOME)
    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/login/?next={HOME}"


def test_a_cluster_that_does_not_exist_looks_no_different_from_outside(
    world: World,
) -> None:
    answer = Client().get("/c/nowhere/admin/")
    assert answer["Location"] == "/admin/login/?next=/c/nowhere/admin/"


def test_a_member_sees_the_cluster_in_the_frame(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.otto).get(HOME)
    assert answer.status_code == 200
    assert "Riverside Quay" in answer.text
    assert "Hilltop" not in answer.text


@pytest.mark.parametrize("slug", ["hilltop", "nowhere"])
def test_another_cluster_answers_like_one_that_does_not_exist(
    world: World, sign_in: SignIn, slug: str
) -> None:
    answer = sign_in(world.mona).get(f"/c/{slug}/admin/")
    assert answer.status_code == 404
    assert "Hilltop" not in answer.text


def test_a_platform_admin_is_no_member(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.pia).get(HOME).status_code == 404


def test_a_deactivated_member_is_no_member(world: World, sign_in: SignIn) -> None:
    world.otto.memberships.update(active=False)
    assert sign_in(world.otto).get(HOME).status_code == 404


def test_an_address_without_a_cluster_leads_to_the_last_one(
    world: World, sign_in: SignIn
) -> None:
    join(world.mona, world.hilltop, Role.AUDITOR)
    client = sign_in(world.mona)
    assert client.get("/admin/")["Location"] == "/c/hilltop/admin/"
    client.get(HOME)
    assert client.get("/admin/?q=1")["Location"] == "/c/riverside/admin/?q=1"


def test_the_start_page_leads_home(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.otto).get("/", follow=True)
    assert answer.redirect_chain[-1][0] == HOME


def test_a_platform_admin_without_a_cluster_begins_at_the_list_of_clusters(
    world: World, sign_in: SignIn
) -> None:
    assert sign_in(world.pia).get("/admin/")["Location"] == "/admin/clusters/"


def test_platform_pages_have_no_cluster_in_their_address(
    world: World, sign_in: SignIn
) -> None:
    join(world.pia, world.riverside, Role.AUDITOR)
    answer = sign_in(world.pia).get("/c/riverside/admin/clusters/?page=2")
    assert answer["Location"] == "/admin/clusters/?page=2"


def test_platform_pages_are_for_platform_admins(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.mona).get("/admin/clusters/")
    assert answer.status_code == 403
    assert "Only a platform admin" in answer.text


def test_a_user_without_any_cluster_reads_what_to_do(
    world: World, sign_in: SignIn
) -> None:
    world.otto.memberships.update(active=False)
    answer = sign_in(world.otto).get("/admin/")
    assert answer.status_code == 403
    assert "not a member of any cluster" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "admin/pages/",
        "admin/images/",
        "admin/documents/",
        "admin/reports/site-history/",
        "admin/users/",
        "admin/groups/",
        "admin/snippets/",
        "admin/failwhale/",
        "admin/api/main/pages/",
        "admin/no-such-thing/",
    ],
)
def test_what_nobody_declared_does_not_exist(
    world: World, sign_in: SignIn, path: str
) -> None:
    client = sign_in(world.mona)
    assert client.get(f"/c/riverside/{path}").status_code == 404
    assert client.get(f"/{path}").status_code == 404
    assert Client().get(f"/{path}").status_code == 404


def test_a_page_that_can_only_be_read_refuses_to_be_written(
    world: World, sign_in: SignIn
) -> None:
    answer = sign_in(world.mona).post(HOME)
    assert answer.status_code == 405
    assert "can only be read" in answer.text


def test_a_missing_page_names_only_my_own_other_clusters(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.mona)
    assert "another cluster" not in client.get(f"{HOME}nothing/").text
    join(world.mona, world.hilltop, Role.AUDITOR)
    text = client.get(f"{HOME}nothing/").text
    assert "You are in Riverside Quay. Looking in another cluster?" in text
    assert 'href="/c/hilltop/admin/"' in text
