"""The pages of templates: who sees what, and what happens to what was typed."""

from __future__ import annotations

import pytest

from notifications.actions import announcements
from notifications.models import MessageTemplate
from tests.personas import World

from .words import HOME, SignIn, change, heading, make_template, rich, typed

BINS = heading("Put out the bins")


def _own(world: World) -> list[MessageTemplate]:
    return list(MessageTemplate.objects.filter(cluster=world.riverside))


def test_an_empty_list_teaches_and_offers_the_first(
    world: World, sign_in: SignIn
) -> None:
    page = sign_in(world.ada).get(HOME).text
    assert "No templates of your own yet" in page
    assert f'href="{HOME}add/"' in page
    assert "Water off for a while" in page


def test_an_auditor_reads_and_finds_no_buttons(world: World, sign_in: SignIn) -> None:
    template = make_template(world.riverside, world.ada)
    client = sign_in(world.otto)
    for path in ("", f"{template.pk}/", f"{template.pk}/versions/"):
        answer = client.get(f"{HOME}{path}")
        assert answer.status_code == 200
        for door in ("/add/", "/edit/", "/copy/", "/archive/"):
            assert f"messages/{template.pk}{door}" not in answer.text
        assert f"{HOME}add/" not in answer.text


@pytest.mark.parametrize("path", ["add/", "{pk}/edit/", "{pk}/copy/", "{pk}/archive/"])
def test_an_auditor_is_told_who_may_write(
    world: World, sign_in: SignIn, path: str
) -> None:
    template = make_template(world.riverside, world.ada)
    url = HOME + path.format(pk=template.pk)
    for answer in (sign_in(world.otto).get(url), sign_in(world.otto).post(url)):
        assert answer.status_code == 403
    assert len(_own(world)) == 1


def test_another_clusters_template_is_not_there(world: World, sign_in: SignIn) -> None:
    theirs = make_template(world.hilltop, world.mallory, name="CANARY")
    client = sign_in(world.mona)
    assert "CANARY" not in client.get(HOME).text
    paths = "", "edit/", "copy/", "archive/", "restore/", "rendered/", "versions/"
    paths += "versions/1/", "versions/compare/", "versions/1/restore/"
    for path in paths:
        assert client.get(f"{HOME}{theirs.pk}/{path}").status_code == 404
        assert client.post(f"{HOME}{theirs.pk}/{path}").status_code in (404, 405)


def test_a_number_beyond_all_numbers_is_not_there(
    world: World, sign_in: SignIn
) -> None:
    for path in (f"{10**30}/", f"{10**30}/edit/", f"1/versions/{10**30}/"):
        assert sign_in(world.ada).get(f"{HOME}{path}").status_code == 404


def test_the_list_is_searched_by_name_subject_and_kind(
    world: World, sign_in: SignIn
) -> None:
    make_template(world.riverside, world.ada, name="Bins", subject="Monday rounds")
    client = sign_in(world.otto)
    assert "Bins" in client.get(HOME, {"q": "monday"}).text
    found = client.get(HOME, {"q": "fire alarm"}).text
    assert "Monday rounds" not in found
    assert "Fire alarm test" in found
    assert "Monday rounds" not in client.get(HOME, {"kind": "newsletter"}).text
    assert "No template is like that" in client.get(HOME, {"q": "zzz"}).text


def test_what_is_archived_waits_behind_a_filter(world: World, sign_in: SignIn) -> None:
    template = make_template(world.riverside, world.ada)
    client = sign_in(world.ada)
    client.post(f"{HOME}{template.pk}/archive/")
    assert "Bins, " not in client.get(HOME).text
    assert "Bins, " in client.get(HOME, {"show": "archived"}).text
    page = client.get(f"{HOME}{template.pk}/").text
    assert "This template is archived" in page
    assert "announcements/add/?template=" not in page
    client.post(f"{HOME}{template.pk}/restore/")
    template.refresh_from_db()
    assert template.archived_at is None


def test_archiving_asks_first(world: World, sign_in: SignIn) -> None:
    template = make_template(world.riverside, world.ada)
    page = sign_in(world.ada).get(f"{HOME}{template.pk}/archive/").text
    assert "Nobody can start an announcement from it any more" in page
    template.refresh_from_db()
    assert template.archived_at is None


def test_uses_count_this_clusters_announcements_only(
    world: World, sign_in: SignIn
) -> None:
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    draft = announcements.draft_from_template(system)
    announcements.create_draft(world.hilltop, draft, by=world.mallory)
    page = sign_in(world.otto).get(f"{HOME}{system.pk}/").text
    assert "0 announcements" in page
    announcements.create_draft(world.riverside, draft, by=world.ada)
    page = sign_in(world.otto).get(f"{HOME}{system.pk}/").text
    assert "1 announcement" in page


def test_a_template_leads_to_an_announcement(world: World, sign_in: SignIn) -> None:
    template = make_template(world.riverside, world.ada)
    door = f"/c/riverside/admin/announcements/add/?template={template.pk}"
    assert door in sign_in(world.ada).get(HOME).text
    assert door in sign_in(world.ada).get(f"{HOME}{template.pk}/").text


def test_a_template_is_written_and_changed(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ada)
    bold = {"type": "text", "value": rich("Tonight, {{ unit }}", (0, 7)), "id": "r"}
    answer = client.post(f"{HOME}add/", typed(BINS, bold))
    (template,) = _own(world)
    assert answer["Location"] == f"{HOME}{template.pk}/"
    assert "<b>Tonight</b>, {{ unit }}" in template.body.raw_data[1]["value"]
    data = typed(BINS, subject="Bins, changed", seen_version=1)
    client.post(f"{HOME}{template.pk}/edit/", data)
    template.refresh_from_db()
    assert (template.version, template.subject) == (2, "Bins, changed")
    assert len(template.body) == 1


def test_an_unknown_placeholder_keeps_the_words_on_the_screen(
    world: World, sign_in: SignIn
) -> None:
    data = typed(heading("For {{ untt }}"), subject="Bins, long and hard thought of")
    answer = sign_in(world.ada).post(f"{HOME}add/", data)
    assert "Block 1 (heading): There is no placeholder “untt”." in answer.text
    assert "Did you mean “unit”?" in answer.text
    assert "Bins, long and hard thought of" in answer.text
    assert "For {{ untt }}" in answer.text
    assert "data-strict" in answer.text
    assert _own(world) == []


def test_a_placeholder_split_by_bold_is_refused(world: World, sign_in: SignIn) -> None:
    torn = {"type": "text", "value": rich("Dear {{ first_name }}", (8, 13))}
    answer = sign_in(world.ada).post(f"{HOME}add/", typed(torn))
    assert "Formatting starts or ends inside" in answer.text
    assert _own(world) == []


def test_a_stale_save_says_so_and_keeps_the_words(
    world: World, sign_in: SignIn
) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.grace, subject="Grace was faster")
    data = typed(heading("Slow but careful"), subject="Mine", seen_version=1)
    answer = sign_in(world.ada).post(f"{HOME}{template.pk}/edit/", data)
    assert "Grace saved version 2 while you were writing" in answer.text
    assert "Slow but careful" in answer.text
    assert 'value="Mine"' in answer.text
    template.refresh_from_db()
    assert (template.version, template.subject) == (2, "Grace was faster")


@pytest.mark.parametrize(
    "broken",
    [
        {"body-count": "x"},
        {"body-count": "9"},
        {"body-0-type": "page"},
        {"body-0-order": "first"},
        {"body-0-value": "not json", "body-0-type": "text"},
        {"body-0-value": "[]", "body-0-type": "text"},
        {"event": "gas_leak"},
        {"seen_version": "x"},
        {"name": "n" * 121},
        {"subject": "s" * 201},
    ],
)
def test_nonsense_is_answered_with_a_sentence(
    world: World, sign_in: SignIn, broken: dict[str, str]
) -> None:
    data = typed(BINS) | broken
    client = sign_in(world.ada)
    answer = client.post(f"{HOME}add/", data)
    assert answer.status_code == 200 or "seen_version" in broken
    assert client.post(f"{HOME}preview/", data).status_code == 200


def test_a_body_of_too_many_blocks_is_refused(world: World, sign_in: SignIn) -> None:
    many = [heading("Bins", f"h{number}") for number in range(61)]
    answer = sign_in(world.ada).post(f"{HOME}add/", typed(*many))
    assert "at most 60 blocks" in answer.text
    assert _own(world) == []


def test_a_system_template_is_read_and_copied_only(
    world: World, sign_in: SignIn
) -> None:
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    client = sign_in(world.ada)
    assert "Make a copy to change" in client.get(f"{HOME}{system.pk}/").text
    answer = client.post(f"{HOME}{system.pk}/edit/", typed(BINS, seen_version=1))
    assert answer.status_code == 409
    assert "belongs to the system" in answer.text
    answer = client.post(f"{HOME}{system.pk}/copy/")
    (ours,) = _own(world)
    assert answer["Location"] == f"{HOME}{ours.pk}/edit/"
    system.refresh_from_db()
    assert system.version == 1
