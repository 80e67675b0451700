"""The list of announcements: by how they stand, and only one cluster's."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from notifications.models import Announcement, MessageTemplate, NotificationLog
from tests.personas import World

from .conftest import PEOPLE, Browse, sent_by


def test_the_list_has_a_tab_for_each_way_to_stand(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    dispatch = sent_by(ada, draft)
    assert NotificationLog.objects.filter(dispatch=dispatch).count() == PEOPLE + 1
    browser.write(subject="Still a draft")
    everything = browser.get().text
    assert "Still a draft" in everything
    assert "Water off on Monday" in everything
    drafts = browser.get(status="draft").text
    assert "Still a draft" in drafts
    assert "Water off on Monday" not in drafts
    sent = browser.get(status="released").text
    assert "Water off on Monday" in sent
    assert f"<b>{PEOPLE + 1}</b>" in sent
    assert "Water off" in browser.get(q="water").text
    assert "Nothing here" in browser.get(q="zzz").text


def test_the_list_can_be_of_one_template(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    template = MessageTemplate.objects.create(
        cluster=draft.cluster, name="Lift", slug="lift", version=1
    )
    browser = browse(ada)
    browser.write(subject="The lift is back", template=template.pk)
    page = browser.get(template=template.pk)
    assert "The lift is back" in page.text
    assert "Water off on Monday" not in page.text
    assert "Only those from the template “Lift”." in page.text
    tabs = {str(tab["label"]): tab for tab in page.context["tabs"]}
    assert tabs["Drafts"]["count"] == 1
    assert f"template={template.pk}" in tabs["Drafts"]["url"]
    for nonsense in ("x", "9" * 5000, "0"):
        assert "Water off on Monday" in browser.get(template=nonsense).text


def test_an_empty_list_teaches(world: World, browse: Browse) -> None:
    assert "Write the first one" in browse(world.ada).get().text
    assert "Write the first one" not in browse(world.otto).get().text


def test_announcements_of_another_cluster_are_in_no_list(
    draft: Announcement, world: World, browse: Browse
) -> None:
    Announcement.objects.create(
        cluster=world.hilltop,
        subject="CANARY",
        created_by=world.mallory,
        last_edited_by=world.mallory,
        released_at=timezone.now(),
    )
    assert "CANARY" not in browse(world.mona).get().text
