"""The pages of a template's versions."""

from __future__ import annotations

from tests.personas import World

from .words import HOME, SignIn, change, make_template


def test_versions_are_listed_looked_at_and_compared(
    world: World, sign_in: SignIn
) -> None:
    template = make_template(world.riverside, world.ada, subject="Bins on Monday")
    change(template, world.grace, subject="Bins on Friday")
    client = sign_in(world.otto)
    page = client.get(f"{HOME}{template.pk}/versions/").text
    assert "Grace" in page
    assert "Bins on Monday" in page
    assert "Bins on Monday" in client.get(f"{HOME}{template.pk}/versions/1/").text
    page = client.get(f"{HOME}{template.pk}/versions/compare/").text
    assert "<del>Monday</del><ins>Friday</ins>" in page
    same = client.get(f"{HOME}{template.pk}/versions/compare/", {"from": 2, "to": 2})
    assert "say the same" in same.text
    for query in ("?from=9", "?from=x", "?to=99999999999"):
        url = f"{HOME}{template.pk}/versions/compare/{query}"
        assert client.get(url).status_code == 404
    assert client.get(f"{HOME}{template.pk}/versions/3/").status_code == 404


def test_a_version_is_taken_up_again_from_its_page(
    world: World, sign_in: SignIn
) -> None:
    template = make_template(world.riverside, world.ada, subject="Bins on Monday")
    change(template, world.grace, subject="Bins on Friday")
    client = sign_in(world.ada)
    url = f"{HOME}{template.pk}/versions/1/restore/"
    assert (
        "comes back as version 3" in client.get(f"{HOME}{template.pk}/versions/1/").text
    )
    assert client.get(url).status_code == 302
    client.post(url, {"seen_version": 2})
    template.refresh_from_db()
    assert (template.version, template.subject) == (3, "Bins on Monday")
    assert client.post(url, {"seen_version": 2}).status_code == 409
