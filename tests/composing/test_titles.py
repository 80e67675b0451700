"""Lists call a message by its subject, with no person in it."""

from __future__ import annotations

import pytest

from notifications.composing.titles import title_of

KNOWN = {"cluster": "Riverside Quay"}


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Fire alarm test", "Fire alarm test"),
        ("News from {{ cluster }}", "News from Riverside Quay"),
        (
            'Water off in {{ zone | default: "your building" }}',
            "Water off in your building",
        ),
        ("Dear {{ first_name }} of {{ unit }}", "Dear [first name] of [unit]"),
        ("Unfinished {{ first_name", "Unfinished {{ first_name"),
        ("Broken {% if %} here", "Broken … here"),
    ],
)
def test_a_subject_becomes_a_title(subject: str, title: str) -> None:
    assert title_of(subject, KNOWN) == title
