"""A value that the words need and some people lack is said before sending."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.models import Announcement, Zone
from tests.personas import make_people

from .conftest import PEOPLE, Browse, written


def test_who_lacks_a_value_is_said_before_sending_and_listed(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    browser.write(f"{draft.uid}/edit/", subject="For {{ unit }}")
    for path in ("edit", "review"):
        page = browser.get(f"{draft.uid}/{path}/").text
        assert f"{PEOPLE} of them have no unit" in page, path
        assert "their message would fail." in page, path
        assert "{{ unit | default: &quot;your home&quot; }}" in page, path
    reach = browser.post("reach/", **written(subject="For {{ unit }}"))
    listed = browser.client.get(reach.context["card"].lacks[0].url)
    assert listed.context["page"].paginator.count == PEOPLE
    assert "Nora Nomail" not in listed.text


@pytest.mark.parametrize(
    "subject",
    [
        '{{ unit | default: "your home" }}',
        "{% if unit %}{{ unit }}{% endif %}",
        "{{ first_name }}",
        "{{ zone }}",
    ],
)
def test_a_value_that_is_there_or_has_a_way_out_warns_of_nothing(
    heron: Zone, ada: Any, browse: Browse, subject: str
) -> None:
    reach = browse(ada).post("reach/", **written(subject=subject))
    assert reach.context["card"].will == PEOPLE
    assert reach.context["card"].lacks == ()


def test_only_those_are_counted_whose_message_really_needs_it(
    heron: Zone, ada: Any, browse: Browse
) -> None:
    (nowhere,) = make_people(heron.cluster, 1)
    words = "{% if zone %}Hello{% else %}{{ unit }}{% endif %}"
    reach = browse(ada).post("reach/", **written(subject=words))
    (lack,) = reach.context["card"].lacks
    assert lack.count == 1
    listed = browse(ada).client.get(lack.url)
    assert [each.pk for each in listed.context["page"]] == [nowhere.pk]
