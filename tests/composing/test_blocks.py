"""Each kind of block says the same as HTML and as plain text, or what it lacks."""

from __future__ import annotations

import re

import pytest

from notifications.blocks import EmailBody
from notifications.composing import PLACEHOLDERS, check_email
from notifications.composing.email import Block
from notifications.composing.kinds import KINDS

from .letters import block, filled, paragraph


def problems(*blocks: Block, subject: str = "News") -> list[str]:
    return [str(found) for found in check_email(subject, blocks, PLACEHOLDERS)]


def test_a_heading_is_a_heading_in_both() -> None:
    made = filled(block("heading", "Water off in {{ zone }}"), zone="Heron & co")
    assert re.search(r"<h2[^>]*>Water off in Heron &amp; co</h2>", made.html)
    assert made.text.startswith("Water off in Heron & co\n======")


def test_rich_text_keeps_its_formatting_in_html_and_its_order_in_text() -> None:
    html = (
        "<p>One <b>bold</b> <i>word</i>.<br>Two</p>"
        "<ul><li>Milk<ul><li>Oats</li></ul></li><li>Tea</li></ul>"
        "<ol><li>First</li><li>Second</li></ol>"
        '<p>See <a href="https://example.org/a?b=1&amp;c=2">the plan</a> or '
        '<a href="mailto:office@example.org">office@example.org</a>.</p>'
    )
    made = filled(block("text", html))
    assert "<b>bold</b> <i>word</i>.<br>Two" in made.html
    assert made.html.count("<li") == 5
    assert 'href="https://example.org/a?b=1&amp;c=2"' in made.html
    assert made.text.startswith(
        "One bold word.\nTwo\n\n- Milk\n  - Oats\n- Tea\n\n1. First\n2. Second\n\n"
        "See the plan: https://example.org/a?b=1&c=2 or mailto:office@example.org.\n"
    )


def test_a_button_is_a_link_in_html_and_an_address_in_text() -> None:
    value = {"label": "Read it", "url": "https://example.org/n"}
    made = filled(block("button", value))
    assert re.search(r'<a[^>]*href="https://example.org/n"[^>]*>Read it</a>', made.html)
    assert "Read it: https://example.org/n\n" in made.text


@pytest.mark.parametrize(
    ("tone", "title"), [("warning", "Important"), ("info", "Good to know")]
)
def test_a_call_out_says_its_tone_in_words(tone: str, title: str) -> None:
    made = filled(block("callout", {"tone": tone, "text": "<p>Boil it.</p>"}))
    assert f"tone-{tone}" in made.html
    assert f">{title}</p>" in made.html
    assert f"*** {title} ***\nBoil it." in made.text


def test_an_image_has_its_description_in_both() -> None:
    value = {"url": "https://example.org/map.png", "alt": "Map of “B”"}
    made = filled(block("image", value))
    assert 'src="https://example.org/map.png"' in made.html
    assert 'alt="Map of “B”"' in made.html
    assert "[Map of “B”]" in made.text


def test_a_table_has_headings_and_cells_of_equal_number() -> None:
    rows = 'Day | Time\nMonday | {{ unit | default: "9:00" }}\n\n| Tuesday |'
    made = filled(block("table", {"rows": rows, "header": True}))
    assert made.html.count('scope="col"') == 2
    assert made.html.count('class="cell"') == 6
    assert "Day | Time\n----------\nMonday | 9:00\nTuesday | \n" in made.text
    plain = filled(block("table", {"rows": "a | b", "header": False}))
    assert "<th" not in plain.html
    assert plain.text.startswith("a | b\n\n")


def test_a_divider_is_a_line() -> None:
    made = filled(block("heading", "A"), block("divider"), paragraph("B"))
    assert "border-top: solid 1px" in made.html
    assert f"\n{'-' * 40}\n" in made.text


def test_every_kind_of_block_in_the_editor_can_be_composed() -> None:
    assert set(EmailBody().child_blocks) == set(KINDS)


@pytest.mark.parametrize(
    "stored",
    [
        '<placeholder name="first_name"></placeholder>',
        '<placeholder name="first_name">first_name</placeholder>',
        "{{ first_name }}",
        "{{&nbsp;first_name&nbsp;}}",
    ],
)
def test_a_placeholder_picked_or_typed_is_filled(stored: str) -> None:
    made = filled(paragraph(f"Dear {stored},"), first_name="Zoë")
    assert "Dear Zoë," in made.html
    assert made.text.startswith("Dear Zoë,")


def test_bold_on_part_of_a_picked_placeholder_is_bold_on_all_of_it() -> None:
    stored = '<placeholder name="unit">un<b>it</b></placeholder>'
    assert "<strong>F12</strong>" in filled(paragraph(stored), unit="F12").html
    stored = '<b>In <placeholder name="unit">unit</placeholder></b>'
    assert "<b>In F12</b>" in filled(paragraph(stored), unit="F12").html


def test_quotes_in_typed_liquid_survive_the_editor() -> None:
    stored = "Dear {{ first_name | default: &quot;friend&quot; }}"
    assert filled(paragraph(stored)).text.startswith("Dear friend\n")


def test_a_placeholder_split_by_formatting_is_refused_with_the_way_out() -> None:
    (found,) = problems(paragraph("Dear {{ first_<b>na</b>me }}"))
    assert found == (
        "Block 1 (text): Formatting starts or ends inside “{{ first_name }}”. Delete "
        "it and pick the placeholder from the menu, then format all of it."
    )
    assert problems(paragraph("Dear {<b>{ first_name }</b>}"))
    assert problems(paragraph("Dear <b>{</b>{ first_name }}"))


def test_a_condition_must_open_and_close_in_the_same_formatting() -> None:
    assert not problems(paragraph("{% if unit %}In <b>{{ unit }}</b>{% endif %}"))
    assert problems(paragraph("<b>{% if unit %}In</b> {{ unit }}{% endif %}"))
    assert problems(block("text", "<p>{% if unit %}</p><p>x</p><p>{% endif %}</p>"))


def test_an_unknown_placeholder_names_the_block_that_it_is_in() -> None:
    (found,) = check_email(
        "News", [block("heading", "A"), paragraph("{{ frist_name }}")], PLACEHOLDERS
    )
    assert found.where == "Block 2 (text)"
    assert found.suggestion == "first_name"
    (found,) = check_email("{{ nmae }}", [block("divider")], PLACEHOLDERS)
    assert (found.where, found.suggestion) == ("Subject", "name")
    entity = '<placeholder name="nmae">nmae</placeholder>'
    assert "Did you mean “name”?" in problems(paragraph(entity))[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (block("heading", " "), "Block 1 (heading): The heading is empty."),
        (block("text", "<p></p>"), "Block 1 (text): The text is empty."),
        (
            block("button", {"label": "", "url": "https://a.b"}),
            "The button has no words",
        ),
        (block("button", {"label": "x", "url": ""}), "The link is empty"),
        (block("image", {"url": "https://a.b/c", "alt": ""}), "no description"),
        (block("image", {"url": "http://a.b/c", "alt": "x"}), "must start with https"),
        (block("table", {"rows": " | \n"}), "The table is empty"),
        (block("table", {"rows": "a|b|c|d|e|f|g"}), "7 columns; at most 6"),
        (
            block("callout", {"tone": "info", "text": ""}),
            "(call-out): The text is empty",
        ),
        (block("video", "x"), "This kind of block is not known"),
        (block("button", "not a dict"), "The button has no words"),
        (block("heading", 7), "The heading is empty"),
    ],
)
def test_an_unfinished_block_says_what_it_lacks(wrong: Block, said: str) -> None:
    assert said in " ".join(problems(wrong))
