"""What browsers and others send, however odd, is answered and never lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from console.imports.forms import posted_mapping
from console.typed import number_in
from notifications.importing.columns import FIELDS
from notifications.models import Recipient, Zone
from tests.personas import PASSWORD, World, make_person

from .conftest import SignIn

HERE = "/c/riverside/admin/"
ZONES = f"{HERE}clusters/zones/"


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "²", "9" * 5000, str(2**63)])
def test_what_is_no_key_is_no_number(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize("text", ["0", "17", str(2**63 - 1), "٣"])
def test_a_key_is_a_number(text: str) -> None:
    assert number_in(text) == int(text)


def test_numbers_that_no_key_can_be_are_answered(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mona)
    huge = "9" * 5000
    assert client.get(f"{HERE}opt-outs/add/", {"person": huge}).status_code == 200
    ids = {"ids": [huge, str(2**63)]}
    assert client.post(f"{HERE}people/bulk/tag/", ids).status_code < 500


def test_a_column_that_no_file_has_is_left_out() -> None:
    key = next(iter(FIELDS))
    posted = QueryDict(mutable=True)
    posted.setlist(key, ["9" * 5000, "7", "1"])
    assert posted_mapping(posted, 3) == ({1: key}, [])


@pytest.mark.parametrize(
    "address",
    [
        "people/?q=a%00b&language=%00",
        "people/?zone=%00",
        "opt-outs/?q=%00&kind=%00",
        "delivery/log/?person=a%00b&event=%00",
        "clusters/zones/add/?inside=%00",
    ],
)
def test_nul_characters_in_an_address_are_dropped(
    world: World, sign_in: SignIn, address: str
) -> None:
    make_person(world.riverside, "Anna Bell")
    assert sign_in(world.mona).get(f"{HERE}{address}").status_code == 200


@pytest.mark.parametrize("content_type", ["multipart", "urlencoded"])
def test_nul_characters_in_what_was_typed_are_dropped(
    world: World, sign_in: SignIn, content_type: str
) -> None:
    client = sign_in(world.mona)
    if content_type == "multipart":
        client.post(f"{ZONES}add/", {"name": "He\0ron"})
    else:
        kind = "application/x-www-form-urlencoded"
        client.post(f"{ZONES}add/", "name=He%00ron&parent=", content_type=kind)
    assert Zone.objects.get().name == "Heron"


def test_nul_characters_do_not_break_signing_in(world: World) -> None:
    given = {"username": "ada\0@example.org", "password": "\0"}
    assert Client().post("/admin/login/", given).status_code < 500


def test_days_at_the_end_of_time_are_answered(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mona)
    days = {"since": "0001-01-01", "until": "9999-12-31"}
    assert client.get(f"{HERE}delivery/log/", days).status_code == 200
    person = make_person(world.riverside, "Anna Bell", email="anna@example.org")
    given = {"reason": "By letter", "until": "9999-12-31"}
    answer = client.post(f"{HERE}opt-outs/add/?person={person.pk}", given)
    assert answer.status_code == 400
    assert "too far off" in answer.text


def test_a_person_without_the_lines_for_addresses_is_refused_in_words(
    world: World, sign_in: SignIn
) -> None:
    answer = sign_in(world.mona).post(f"{HERE}people/add/", {"name": "Anna"})
    assert answer.status_code == 400
    assert "ManagementForm data is missing" in answer.text
    assert not Recipient.objects.exists()


def test_what_was_typed_outlives_the_session(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    _sign_in(browser)
    page = browser.get(f"{ZONES}add/")
    del browser.cookies["tocsin_session"]
    given = {"name": 'He"ron <b>', "csrfmiddlewaretoken": _token(page)}
    kept = browser.post(f"{ZONES}add/", given)
    assert kept.status_code == 401
    assert "You were signed out" in kept.text
    assert 'target="_blank"' in kept.text
    assert "He&quot;ron &lt;b&gt;</textarea>" in kept.text

    _sign_in(browser)
    # What signed_out.js sends: the token that signing in has made.
    given["csrfmiddlewaretoken"] = browser.cookies["tocsin_csrf"].value
    assert browser.post(f"{ZONES}add/", given).status_code == 302
    assert Zone.objects.get().name == 'He"ron <b>'


def test_a_page_that_is_too_old_to_be_sent_is_not_to_be_reloaded(
    world: World, sign_in: SignIn
) -> None:
    browser = Client(enforce_csrf_checks=True)
    _sign_in(browser)
    answer = browser.post(f"{ZONES}add/", {"name": "Heron"})
    assert answer.status_code == 403
    assert "Reloading would clear what you typed" in answer.text


def _sign_in(browser: Client) -> None:
    page = browser.get("/admin/login/")
    given = {
        "username": "mona@example.org",
        "password": PASSWORD,
        "csrfmiddlewaretoken": _token(page),
    }
    assert browser.post("/admin/login/", given).status_code == 302


def _token(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]
