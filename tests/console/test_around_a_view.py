"""What a view finds around it: scope, zone, name; and what becomes of its errors."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import get_script_prefix, reverse

from console import areas
from console.access import Access, Route
from notifications.actors import current_actor
from notifications.errors import NotAllowed, Refused
from notifications.models import Zone
from tests.personas import World, make_zone

from .conftest import SignIn

HOME = "/c/riverside/admin/"


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a view of the test's own in the place of the home page."""
    declared = dict(areas.route_table())

    def put(view: Any, *, read: Access = Access.AUDITOR, write: Any = None) -> None:
        declared["wagtailadmin_home"] = Route("wagtailadmin_home", read, write)
        monkeypatch.setattr(areas, "route_table", lambda: declared)
        monkeypatch.setattr("console.gate.route_table", lambda: declared)
        pattern = next(p for p in _patterns() if p.name == "wagtailadmin_home")
        monkeypatch.setattr(pattern, "callback", view)

    return put


def _patterns() -> list[Any]:
    from console.urls import urlpatterns

    return [p for p in urlpatterns if hasattr(p, "name")]


def test_a_view_runs_in_the_scope_zone_and_name_of_the_request(
    world: World, sign_in: SignIn, probe: Any
) -> None:
    make_zone(world.riverside, "Heron")
    make_zone(world.hilltop, "Elsewhere")
    seen: dict[str, Any] = {}

    def view(request: Any) -> HttpResponse:
        seen["zones"] = [zone.name for zone in Zone.objects.all()]
        seen["actor"] = current_actor().label
        seen["home"] = reverse("wagtailadmin_home")
        return HttpResponse()

    probe(view)
    sign_in(world.otto).get(HOME)
    assert seen == {"zones": ["Heron"], "actor": "Otto", "home": HOME}
    assert get_script_prefix() == "/"
    assert current_actor().label == "Tocsin"


def test_without_a_cluster_the_scope_is_empty(
    world: World, sign_in: SignIn, probe: Any
) -> None:
    make_zone(world.riverside, "Heron")
    seen: list[Any] = []

    def view(request: Any) -> HttpResponse:
        seen.append(Zone.objects.count())  # Outside any scope this would raise.
        return HttpResponse()

    probe(view, read=Access.SIGNED_IN)
    sign_in(world.mona).get("/admin/")
    assert seen == [0]


@pytest.mark.parametrize(
    ("problem", "status"),
    [(NotAllowed("You may not."), 403), (Refused("Not while it is sending."), 409)],
)
def test_what_an_action_refuses_is_answered_with_its_sentence(
    world: World, sign_in: SignIn, probe: Any, problem: Refused, status: int
) -> None:
    def view(request: Any) -> HttpResponse:
        raise problem

    probe(view)
    answer = sign_in(world.otto).get(HOME)
    assert answer.status_code == status
    assert problem.sentence in answer.text
    assert "Riverside Quay" in answer.text


def test_a_role_that_does_not_reach_reads_why(
    world: World, sign_in: SignIn, probe: Any
) -> None:
    probe(lambda request: HttpResponse("done"), write=Access.MANAGER)
    answer = sign_in(world.ada).post(HOME)
    assert answer.status_code == 403
    assert "You are Author in Riverside Quay, and this needs Manager." in answer.text
    assert sign_in(world.mona).post(HOME).text == "done"


@pytest.mark.parametrize("method", ["head", "options"])
def test_looking_counts_as_reading(
    world: World, sign_in: SignIn, probe: Any, method: str
) -> None:
    probe(lambda request: HttpResponse(), write=Access.MANAGER)
    assert getattr(sign_in(world.otto), method)(HOME).status_code == 200


def test_a_broken_view_shows_our_page_and_no_details(
    world: World, sign_in: SignIn, probe: Any
) -> None:
    def view(request: Any) -> HttpResponse:
        raise RuntimeError("secret")

    probe(view)
    client = sign_in(world.otto)
    client.raise_request_exception = False
    answer = client.get(HOME)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "secret" not in answer.text


def test_a_form_from_an_old_page_says_that_nothing_was_changed(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.mona)
    answer = client.post("/c/riverside/admin/account/")
    assert answer.status_code == 403
    assert "nothing was changed" in answer.text


def test_signed_in_pages_are_kept_out_of_caches(world: World, sign_in: SignIn) -> None:
    assert "no-store" in sign_in(world.otto).get(HOME)["Cache-Control"]


def test_a_request_for_somebody_elses_host_is_answered_without_a_frame(
    world: World, sign_in: SignIn
) -> None:
    answer = sign_in(world.mona).get("/admin/", headers={"host": "evil.example.org"})
    assert answer.status_code == 400
    assert "The request was incomplete" in answer.text


def test_the_prefix_the_scope_and_the_name_hold_under_asgi_too(
    world: World, probe: Any
) -> None:
    make_zone(world.riverside, "Heron")
    make_zone(world.hilltop, "Elsewhere")
    seen: list[Any] = []

    def view(request: Any) -> HttpResponse:
        zones = [zone.name for zone in Zone.objects.all()]
        seen.append((zones, current_actor().label, reverse("wagtailadmin_home")))
        return HttpResponse()

    probe(view)
    client = AsyncClient()
    client.force_login(world.otto)
    assert async_to_sync(client.get)(HOME).status_code == 200
    assert async_to_sync(client.get)("/c/hilltop/admin/").status_code == 404
    assert seen == [(["Heron"], "Otto", HOME)]
    assert get_script_prefix() == "/"
