"""Everybody reads the message in their language, or in the nearest that there is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import dispatching
from notifications.audience.languages import key_by_language, language_for
from notifications.composing import Compiled
from notifications.events import ANNOUNCEMENT_POSTED
from notifications.models import Recipient
from tests import flow
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person

pytestmark = pytest.mark.services

CODES = ["en", "en-gb", "fr", "fr-ca", "de", "pl"]


def words(language: str) -> Compiled:
    return Compiled(subject=f"Words in {language}", html="", text=f"In {language}.")


def written_in(cluster, *languages: str, **fields):
    contents = tuple(
        dispatching.pin(cluster, words(each), channel="email", language=each)
        for each in languages
    )
    plan = dispatching.Plan(
        cluster=cluster,
        event=ANNOUNCEMENT_POSTED,
        title="Water off",
        criteria=flow.EVERYONE,
        contents=contents,
        **fields,
    )
    dispatch = dispatching.prepare(plan)
    dispatching.fan_out(dispatch.pk)
    return dispatch


def read(dispatch) -> dict[str, str]:
    rows = flow.entries(dispatch).values_list("recipient__name", "content__language")
    return dict(rows)


def test_each_gets_their_own_language_and_the_rest_the_clusters(riverside):
    for name, language in [("Ann", ""), ("Bea", "fr"), ("Cy", "fr-ca"), ("Di", "pl")]:
        make_person(riverside, name, email=f"{name}@example.org", language=language)
    dispatch = written_in(riverside, "fr", "en")
    assert read(dispatch) == {"Ann": "en", "Bea": "fr", "Cy": "fr", "Di": "en"}
    assert dispatch.batches.count() == 1


def test_what_arrives_is_in_the_language_of_the_entry(riverside, monkeypatch):
    said = {}

    def answer(message):
        said[message.to] = message.text
        return accepted(message)

    answering(monkeypatch, answer)
    make_person(riverside, "Ann", email="ann@example.org")
    make_person(riverside, "Bea", email="bea@example.org", language="fr")
    dispatch = written_in(riverside, "en", "fr")
    flow.make_due()
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 2}
    assert said == {"ann@example.org": "In en.", "bea@example.org": "In fr."}


def test_two_at_one_address_who_read_different_words_both_get_theirs(riverside):
    for name, language in [("Ann", ""), ("Bea", "fr"), ("Cy", "fr")]:
        make_person(riverside, name, email="home@example.org", language=language)
    dispatch = written_in(riverside, "en", "fr")
    assert flow.reasons(dispatch) == {"Ann": "", "Bea": "", "Cy": "duplicate"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    offered=st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    own=st.sampled_from([*CODES, "", "fr-be", "it"]),
    fallback=st.sampled_from([*CODES, "it"]),
)
def test_the_preview_and_the_fan_out_choose_alike(riverside, offered, own, fallback):
    ann = make_person(riverside, "Ann", language=own)
    keys = {code: number for number, code in enumerate(offered, start=1)}
    people = Recipient.objects.filter(pk=ann.pk)
    key = people.annotate(key=key_by_language(keys, fallback)).get().key
    assert offered[key - 1] == language_for(own, offered, fallback)
