"""Blocks become an email that reads well as HTML and as plain text."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.composing import (
    PLACEHOLDERS,
    Brand,
    InvalidTemplate,
    check_email,
    compile_email,
    content_hash,
    examples,
    fill,
    standard_footer,
)
from notifications.composing.email import Block

from .letters import RIVERSIDE, block, compiled, filled, paragraph


def problems(*blocks: Block, subject: str = "News") -> list[str]:
    return [str(found) for found in check_email(subject, blocks, PLACEHOLDERS)]


def test_an_empty_message_or_subject_says_so() -> None:
    assert problems(subject=" ") == [
        "Subject: The subject is empty. Write what the message is about.",
        "Message: The message is empty. Add a text block and write.",
    ]


def test_what_is_wrong_is_not_compiled() -> None:
    with pytest.raises(InvalidTemplate) as caught:
        compiled(paragraph("{{ unit"), subject="{{ }}")
    assert [problem.where for problem in caught.value.problems] == [
        "Subject",
        "Block 1 (text)",
    ]
    with pytest.raises(InvalidTemplate, match="Footer: "):
        compiled(paragraph("x"), footer="[stop](javascript:alert(1))")


def test_the_footer_says_why_and_how_to_stop() -> None:
    made = fill(
        compiled(paragraph("x"), footer=standard_footer("Riverside Quay")),
        {"unsubscribe_url": "https://example.org/stop/abc?x=1&y=2"},
    )
    link = (
        r'<a href="https://example.org/stop/abc\?x=1&amp;y=2"[^>]*>Stop these messages'
    )
    assert re.search(link, made.html)
    assert "because Riverside Quay has you on its list" in made.html
    assert made.text.endswith(
        "-- \nYou get this message because Riverside Quay has you on its list.\n"
        "Stop these messages: https://example.org/stop/abc?x=1&y=2\n"
        "Riverside Quay\n1 Quay Street\nLondon\n"
    )


def test_a_bare_unsubscribe_address_in_a_footer_can_be_clicked() -> None:
    made = fill(
        compiled(paragraph("x"), footer="To stop: {{ unsubscribe_url }}"),
        {"unsubscribe_url": "https://example.org/s"},
    )
    assert '<a href="https://example.org/s"' in made.html
    assert "To stop: https://example.org/s\n" in made.text


def test_the_subject_is_one_line_and_the_title_of_the_page() -> None:
    made = filled(paragraph("x"), subject=" Water\noff, {{ name }} ", name="Åsa <3")
    assert made.subject == "Water off, Åsa <3"
    assert "<title>Water off, Åsa &lt;3</title>" in made.html


def test_right_to_left_mail_is_laid_out_from_the_right() -> None:
    brand = Brand("רובע הנהר", language="he", direction="rtl")
    made = compile_email(subject="מים", blocks=[paragraph("שלום 👋")], brand=brand)
    assert '<html lang="he" dir="rtl"' in made.html
    assert "direction:rtl" in made.html.replace(" ", "")
    assert 'align="right"' in made.html
    assert "שלום 👋" in made.html


def test_the_message_comes_in_light_and_dark_and_asks_nobody_for_anything() -> None:
    html = compiled(paragraph("x"), block("divider")).html
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html
    remote = re.findall(
        r"""(?:src|href)=["'](?!https://example)[^"']*|url\(|@import""", html
    )
    assert remote == []


def test_the_button_and_links_are_legible_in_any_colour_of_the_cluster() -> None:
    for colour in ("#ffff00", "#000000", "#ff8800", "red", "", "#12345"):
        brand = Brand("X", colour)
        made = compile_email(subject="s", blocks=[paragraph("x")], brand=brand)
        assert "background:" in made.html


def test_a_logo_takes_the_place_of_the_name_and_must_be_on_https() -> None:
    good = Brand("Quay", logo_url="https://example.org/logo.png?a=1&b=2")
    html = compile_email(subject="s", blocks=[paragraph("x")], brand=good).html
    assert 'src="https://example.org/logo.png?a=1&amp;b=2"' in html
    assert 'alt="Quay"' in html
    evil = Brand("Quay", logo_url="javascript:alert(1)")
    html = compile_email(subject="s", blocks=[paragraph("x")], brand=evil).html
    assert "javascript" not in html


def test_the_inbox_shows_the_first_words_beside_the_subject() -> None:
    words = "Dear {{ name }}, " + "the water is off " * 20
    html = filled(block("heading", "A"), paragraph(words), name="Anna").html
    preview = html.split("display:none")[1].split(">")[1]
    assert preview.startswith("Dear Anna, the water")
    assert "…" in preview
    assert len(preview) < 170


def everything() -> list[Block]:
    return [
        block("heading", "Überschrift 🏠"),
        paragraph("Dear {{ first_name }}, " + "very " * 400 + "long. ."),
        paragraph("."),
        block("callout", {"tone": "warning", "text": "<p>.<br>..</p>"}),
        block("button", {"label": "Los", "url": "https://example.org/?u={{ unit }}"}),
        block("table", {"rows": "a|b", "header": True}),
        block("divider"),
        block("image", {"url": "https://example.org/a.png", "alt": "Karte"}),
    ]


def test_dots_long_lines_and_every_alphabet_survive_the_envelope() -> None:
    made = fill(compiled(*everything(), subject="Grüße 🏠 an {{ zone }}"), examples())
    mail = EmailMultiAlternatives(made.subject, made.text, "a@x.org", ["b@x.org"])
    mail.attach_alternative(made.html, "text/html")
    raw = mail.message().as_bytes(linesep="\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    read = message_from_bytes(raw, policy=policy.default)
    assert read["subject"] == made.subject == "Grüße 🏠 an Heron block"
    plain, html = read.get_body(["plain"]), read.get_body(["html"])
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == made.text
    assert html.get_content().replace("\r\n", "\n") == made.html


def test_compiling_again_gives_the_same_content() -> None:
    one, two = (compiled(*everything()) for _ in range(2))
    assert content_hash(one) == content_hash(two)


def test_a_message_in_its_language_says_its_own_words_in_it() -> None:
    brand = Brand("Kai", language="de")
    value: Any = {"tone": "warning", "text": "<p>x</p>"}
    made = compile_email(subject="s", blocks=[block("callout", value)], brand=brand)
    assert '<html lang="de"' in made.html
    assert RIVERSIDE.language == "en-gb"
