"""Writing: everything on one page, nothing lost, the reach at every step."""

from __future__ import annotations

from typing import Any

from notifications.models import Announcement, MessageTemplate, Tag, Zone
from tests.personas import World, make_person, make_zone

from .conftest import HERE, PEOPLE, Browse, written


def test_a_draft_is_saved_with_its_words_and_its_audience(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    answer = browse(ada).write(who="some", zones=[heron.pk])
    made = Announcement.objects.get()
    assert answer["Location"] == f"{HERE}{made.uid}/edit/"
    assert made.subject == "Water off on Monday"
    assert made.body[0].value == "From nine to twelve"
    assert made.audience == {"zones": [heron.pk]}
    assert made.created_by == ada


def test_the_same_page_sent_twice_makes_one_draft(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    page = written()
    browser = browse(ada)
    browser.post("add/", **page)
    browser.post("add/", **page)
    assert Announcement.objects.count() == 1


def test_the_button_says_the_number(draft: Announcement, browse: Browse) -> None:
    page = browse(draft.created_by).get(f"{draft.uid}/edit/").text
    assert f"Send to {PEOPLE} people" in page
    assert "1 will not get it." in page


def test_a_time_makes_the_button_say_schedule(
    draft: Announcement, browse: Browse
) -> None:
    page = browse(draft.created_by).get(
        f"{draft.uid}/edit/", when="at", send_at="2050-06-01T09:00"
    )
    assert f"Schedule for {PEOPLE} people" in page.text
    assert "1 June 2050, 09:00 (Europe/London)" in page.text


def test_the_reach_of_what_is_not_saved_is_counted_and_nothing_is_stored(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    answer = browse(ada).post("reach/", who="some", zones=[heron.pk])
    assert f"<b>{PEOPLE}</b>" in answer.text
    assert "No address" in answer.text
    assert "In Heron block" in answer.text
    assert not Announcement.objects.exists()


def test_nobody_chosen_is_said(heron: Zone, ada: Any, browse: Browse) -> None:
    assert "Nobody is chosen yet" in browse(ada).post("reach/", who="some").text


def test_each_number_opens_the_list_of_exactly_those_people(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.post("reach/", who="some", zones=[heron.pk])
    card = answer.context["card"]
    will = browser.client.get(card.will_url)
    will_not = browser.client.get(card.reasons[0].url)
    assert will.context["page"].paginator.count == PEOPLE
    assert "Nora Nomail" not in will.text
    assert [each.name for each in will_not.context["page"]] == ["Nora Nomail"]
    assert "No email address is known" in will_not.text


def test_people_are_found_to_be_left_out(heron: Zone, ada: Any, browse: Browse) -> None:
    browser = browse(ada)
    assert "Nora Nomail" in browser.get("people/", q="nora").text
    assert "Nobody here is called" in browser.get("people/", q="zzz").text
    assert browser.get("people/", q="").text.strip() == ""


def test_exclusions_count(heron: Zone, ada: Any, browse: Browse) -> None:
    floor = make_zone(heron.cluster, "Floor 1", heron)
    quiet = make_person(
        heron.cluster, "Olga", email="olga@example.org", zone=floor, tags=("Quiet",)
    )
    tag = Tag.objects.get()
    browser = browse(ada)
    for without in (
        {"exclude_zones": [floor.pk]},
        {"exclude_tags": [tag.pk]},
        {"exclude_recipients": [quiet.pk]},
    ):
        answer = browser.post("reach/", who="everyone", **without)
        assert answer.context["card"].will == PEOPLE, without


def test_a_template_gives_its_words(heron: Zone, ada: Any, browse: Browse) -> None:
    template = MessageTemplate.objects.create(
        cluster=heron.cluster,
        name="Lift",
        slug="lift",
        subject="Lift out of order",
        event="maintenance_notice",
        body=[{"type": "heading", "value": "The lift"}],
        version=3,
    )
    browser = browse(ada)
    page = browser.get("add/", template=template.pk)
    assert "Lift out of order" in page.text
    answer = browser.write(
        do="template", start_from=template.pk, who="some", zones=[heron.pk]
    )
    screen = answer.context["screen"]
    assert screen.message.typed_subject == "Lift out of order"
    assert screen.message.typed_event == "maintenance_notice"
    assert screen.criteria.zones == (heron.pk,)
    assert not Announcement.objects.exists()
    browser.write(template=template.pk, template_version=3)
    made = Announcement.objects.get()
    assert (made.template, made.template_version) == (template, 3)


def test_a_copy_is_a_new_draft(draft: Announcement, ada: Any, browse: Browse) -> None:
    browse(ada).post(f"{draft.uid}/copy/")
    assert Announcement.objects.filter(subject=draft.subject).count() == 2


def test_a_bad_time_loses_nothing(heron: Zone, ada: Any, browse: Browse) -> None:
    answer = browse(ada).write(
        subject="Only here", when="at", send_at="2001-01-01T09:00", zones=[heron.pk]
    )
    assert answer.status_code == 422
    assert "has passed" in answer.text
    assert "Only here" in answer.text
    assert 'value="2001-01-01T09:00"' in answer.text
    assert not Announcement.objects.exists()


def test_at_a_time_without_a_time_asks_for_one(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    assert "Say when, or choose" in browse(ada).write(when="at").text


def test_do_not_send_after_must_be_later(heron: Zone, ada: Any, browse: Browse) -> None:
    answer = browse(ada).write(
        when="at", send_at="2050-06-01T09:00", not_after="2050-06-01T08:00"
    )
    assert "later than the one of sending" in answer.text


def test_what_is_wrong_with_the_words_is_listed_before_it_can_go(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.write(do="review", subject="For {{ frist_name }}")
    answer = browser.client.get(answer["Location"])
    assert "Before it can go" in answer.text
    assert "first_name" in " ".join(answer.context["problems"])
    assert Announcement.objects.get().subject == "For {{ frist_name }}"


def test_somebody_elses_changes_are_not_overwritten_and_mine_stay_on_the_screen(
    draft: Announcement, world: World, browse: Browse
) -> None:
    browse(world.grace).write(f"{draft.uid}/edit/", subject="Grace was here")
    answer = browse(world.ada).write(f"{draft.uid}/edit/", subject="Ada was slower")
    draft.refresh_from_db()
    assert draft.subject == "Grace was here"
    assert answer.status_code == 409
    assert "saved this draft after you opened it" in answer.text
    assert "Ada was slower" in answer.text


def test_stale_words_can_be_saved_as_a_new_draft(
    draft: Announcement, world: World, browse: Browse
) -> None:
    browse(world.grace).write(f"{draft.uid}/edit/", subject="Grace was here")
    browse(world.ada).write(f"{draft.uid}/edit/", subject="Ada’s own", do="as_new")
    assert set(Announcement.objects.values_list("subject", flat=True)) == {
        "Grace was here",
        "Ada’s own",
    }


def test_a_zone_of_another_cluster_is_refused(
    heron: Zone, world: World, browse: Browse
) -> None:
    secret = make_zone(world.hilltop, "CANARY tower")
    make_person(world.hilltop, "CANARY person", email="c@example.org", zone=secret)
    browser = browse(world.ada)
    answer = browser.write(who="some", zones=[secret.pk])
    assert answer.status_code == 409
    assert "not in this cluster" in answer.text
    assert "CANARY" not in answer.text
    assert not Announcement.objects.exists()
    reach = browser.post("reach/", who="some", zones=[secret.pk])
    assert reach.context["card"].people == 0
    listed = browser.get("reach/people/", who="some", zones=[secret.pk])
    assert "CANARY" not in reach.text + listed.text


def test_a_request_that_was_cut_short_is_answered_with_a_sentence(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    for path in ("add/", f"{draft.uid}/edit/", f"{draft.uid}/review/"):
        assert browser.post(path).status_code in (400, 409), path


def test_an_auditor_reads_and_changes_nothing(
    draft: Announcement, otto: Any, browse: Browse
) -> None:
    browser = browse(otto)
    assert browser.get(f"{draft.uid}/edit/").status_code == 403
    page = browser.get(f"{draft.uid}/")
    assert "Water off on Monday" in page.text
    assert "Send to" not in page.text
    assert browser.write(f"{draft.uid}/edit/").status_code == 403
