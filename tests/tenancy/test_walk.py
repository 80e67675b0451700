"""Every declared route, knocked at by everybody, with their own things and others'.

mona manages Riverside and mallory Hilltop; whatever mona or her colleagues ask for,
nothing of Hilltop's comes back, and the other way round.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from console.access import Access, Route, reaches
from notifications.models import Role

from .names import chosen
from .two import THEIRS, Two, browser_of
from .walk import METHODS, address_of, knock, names_things, routes, words_of

ROLES = {
    "otto": Role.AUDITOR,
    "ada": Role.AUTHOR,
    "grace": Role.APPROVER,
    "mona": Role.MANAGER,
}
#: Own things that a GET need not find: a logo without a file, a link of somebody new.
MAY_BE_ABSENT = {"logo", "public:logo", "clusters:welcome"}
#: Of an emergency that somebody else sent, an author neither stops nor says anything;
#: of their own, sent alone, they do: tests/broadcasts/test_every_role.py.
OF_WHOEVER_SENT_IT = {"stop", "follow_up"}


def report(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("name", list(ROLES))
def test_members_reach_as_far_as_their_role(two: Two, name: str) -> None:
    problems = []
    user, role = getattr(two.world, name), ROLES[name]
    client = browser_of(user)
    for route in routes():
        address = address_of(route, two.mine, "riverside")
        for method in METHODS:
            answer = knock(client, address, method, {"reason": "Plain"})
            wanted = _expected(route, method, user, role)
            if not _fits(route, method, answer.status_code, wanted):
                problems.append(
                    f"{method} {route.name} as {name}: {answer.status_code}, "
                    f"expected {wanted}"
                )
            if THEIRS in words_of(answer):
                problems.append(f"{method} {route.name} as {name} says {THEIRS}")
    report(problems)


def _expected(route: Route, method: str, user: Any, role: Role) -> int | str:
    needed = route.needed(method)
    if needed is Access.PUBLIC:
        return "let in"
    if needed is None:
        return "refused" if route.read is Access.PUBLIC else 405
    world, _colon, page = route.name.partition(":")
    if world in ("emergencies", "drills") and page in OF_WHOEVER_SENT_IT:
        needed = Access.APPROVER
    return "let in" if reaches(needed, user=user, role=role) else 403


def _fits(route: Route, method: str, status: int, wanted: int | str) -> bool:
    if wanted == "let in":
        absent = status == 404 and (method == "POST" or route.name in MAY_BE_ABSENT)
        return status < 500 and status != 403 and (status != 404 or absent)
    if wanted == "refused":
        return status in (403, 405)
    return status == wanted


def test_somebody_not_signed_in_is_sent_to_sign_in(two: Two) -> None:
    problems = []
    client = browser_of(None)
    for route in routes():
        address = address_of(route, two.mine, "riverside")
        for method in METHODS:
            answer = knock(client, address, method)
            status, needed = answer.status_code, route.needed(method)
            public = Access.PUBLIC in (needed, route.read)
            to_sign_in = status == 302 and "/admin/login/" in answer["Location"]
            to_sign_in |= status == 401 and method == "POST"
            if not (to_sign_in or public and status < 500):
                problems.append(f"{method} {route.name}: {status}")
            if needed is not Access.PUBLIC and two.mine.mark in words_of(answer):
                problems.append(f"{method} {route.name} says {two.mine.mark}")
    report(problems)


@pytest.mark.parametrize("name", ["mallory", "pia"])
def test_who_is_no_member_finds_nothing(two: Two, name: str) -> None:
    problems = []
    client = browser_of(getattr(two.world, name))
    for route in routes():
        if Access.PUBLIC in (route.read, route.write):
            continue
        address = address_of(route, two.mine, "riverside")
        for method in METHODS:
            answer = knock(client, address, method)
            if answer.status_code != 404:
                problems.append(f"{method} {address}: {answer.status_code}")
            if two.mine.mark in words_of(answer):
                problems.append(f"{method} {route.name} says {two.mine.mark}")
    report(problems)


@pytest.mark.parametrize(
    ("name", "slug"), [("mona", "riverside"), ("pia", "riverside")]
)
def test_another_clusters_things_do_not_exist(two: Two, name: str, slug: str) -> None:
    problems = []
    user = getattr(two.world, name)
    if name == "pia":
        two.mine.membership.__class__._base_manager.create(
            user=user, cluster=two.mine.cluster, role=Role.MANAGER
        )
    client = browser_of(user)
    before = _rows_of(two.theirs.cluster.pk)
    for route in routes():
        if route.read.role is None or not names_things(route, two.mine, two.theirs):
            continue
        address = address_of(route, two.theirs, slug)
        for method in METHODS:
            if route.needed(method) is None:
                continue
            answer = knock(client, address, method, {"reason": "Plain"})
            # 405 for what can only be posted: it says nothing of the thing.
            if answer.status_code not in (404, 405):
                problems.append(f"{method} {route.name}: {answer.status_code}")
            if THEIRS in words_of(answer):
                problems.append(f"{method} {route.name} says {THEIRS}")
    report(problems)
    assert _rows_of(two.theirs.cluster.pk) == before


@pytest.mark.parametrize("method", METHODS)
def test_another_clusters_keys_in_forms_and_filters_choose_nothing(
    two: Two, method: str
) -> None:
    problems = []
    client = browser_of(two.world.mona)
    before = _rows_of(two.theirs.cluster.pk)
    for route in routes():
        if route.needed(method) is None or route.read.role is None:
            continue
        address = address_of(route, two.mine, "riverside")
        answer = knock(client, address, method, chosen(two.theirs))
        if answer.status_code >= 500:
            problems.append(f"{method} {route.name}: {answer.status_code}")
        if THEIRS in words_of(answer):
            problems.append(f"{method} {route.name} says {THEIRS}")
        if _rows_of(two.theirs.cluster.pk) != before:
            problems.append(f"{method} {route.name} changed something of Hilltop's")
    report(problems)


def test_platform_pages_show_nobodys_people(two: Two) -> None:
    problems = []
    client = browser_of(two.world.pia)
    # The names of clusters and of staff are a platform admin's business.
    secret = ("Person quaymark", "quaymark@example.org", "Subject quaymark")
    for route in routes():
        if route.read is not Access.PLATFORM:
            continue
        for method in METHODS:
            answer = knock(client, address_of(route, two.mine), method)
            if answer.status_code >= 500 or answer.status_code == 404:
                problems.append(f"{method} {route.name}: {answer.status_code}")
            words = words_of(answer)
            problems += [
                f"{route.name} says {said}" for said in secret if said in words
            ]
    report(problems)


def _rows_of(cluster: int) -> dict[str, int]:
    """How many rows of each kind, history included, a cluster has."""
    counted = {}
    for model in apps.get_app_config("notifications").get_models():
        fields = {field.attname for field in model._meta.concrete_fields}
        if "cluster_id" in fields:
            rows = model._base_manager.filter(cluster_id=cluster)
            counted[model.__name__] = rows.count()
    return counted
