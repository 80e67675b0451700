"""What no page of ours would send is answered with a sentence."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from notifications.actions import announcements
from notifications.actions.announcements import Draft
from notifications.models import Announcement, MessageTemplate, Zone
from tests.personas import World

from .conftest import Browse

PREVIEW = "/c/riverside/admin/messages/preview/"
LOST_ENTITY = {
    "blocks": [
        {
            "key": "a",
            "text": "word",
            "type": "unstyled",
            "depth": 0,
            "inlineStyleRanges": [],
            "entityRanges": [{"offset": 0, "length": 4, "key": 7}],
        }
    ],
    "entityMap": {},
}


@pytest.mark.parametrize(
    "words", [json.dumps(LOST_ENTITY), "[" * 100_000], ids=["entity", "nested"]
)
def test_words_that_cannot_be_read_are_refused_with_a_sentence(
    heron: Zone, ada: Any, browse: Browse, words: str
) -> None:
    browser = browse(ada)
    page = {"body-0-type": "text", "body-0-value": words}
    answer = browser.write(subject="Only here", **page)
    assert answer.status_code == 422
    assert "These words cannot be read" in answer.text
    assert "Only here" in answer.text
    assert not Announcement.objects.exists()
    seen = browser.client.post(PREVIEW, {"body-count": "1", "body-0-order": "0"} | page)
    assert "cannot be read" in seen.json()["problems"][0]["sentence"]


def test_a_version_that_the_template_never_had_is_none(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    template = MessageTemplate.objects.create(
        cluster=heron.cluster, name="Lift", slug="lift", version=3
    )
    browse(ada).write(template=template.pk, template_version="9" * 18)
    made = Announcement.objects.get()
    assert (made.template, made.template_version) == (template, None)


def test_the_uid_of_another_cluster_is_replaced_and_tells_nothing(
    heron: Zone, world: World, browse: Browse
) -> None:
    theirs = Announcement.objects.create(
        cluster=world.hilltop,
        subject="CANARY",
        created_by=world.mallory,
        last_edited_by=world.mallory,
    )
    answer = browse(world.ada).write(uid=str(theirs.uid))
    mine = Announcement.objects.get(cluster=world.riverside)
    assert mine.uid != theirs.uid
    assert str(mine.uid) in answer["Location"]
    theirs.refresh_from_db()
    assert theirs.subject == "CANARY"


def test_two_first_saves_at_the_same_moment_make_one_draft(
    heron: Zone, ada: Any
) -> None:
    uid = uuid4()
    # The view of each has looked for the uid, and found nothing yet.
    for subject in ("First", "Second"):
        announcements.create_draft(
            heron.cluster, Draft(subject=subject), by=ada, uid=uid
        )
    assert Announcement.objects.get().subject == "Second"


def test_a_language_that_there_is_not_is_not_stored(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    languages = ["fr", "klingon", "x" * 500]
    browse(ada).write(who="some", languages=languages)
    assert Announcement.objects.get().audience == {"languages": ["fr"]}
    listed = browse(ada).get("reach/people/", who="some", languages=["en\x00"])
    assert listed.status_code == 200
