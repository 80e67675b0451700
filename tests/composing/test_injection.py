"""Nothing that staff write or people are called can break out of its place."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.composing import Brand, InvalidTemplate, compile_email, fill
from notifications.composing.fragments import LITERAL, split
from notifications.composing.links import is_safe, read_link

from .letters import block, compiled, filled, paragraph

EVIL = [
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw>",
    '"><img src=x onerror=alert(1)>',
    "<script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><mj-include path='/etc/passwd' />",
    "<mj-include path='file:///etc/passwd' />",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "</title><script>alert(1)</script>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<style>*{display:none}</style>",
    "\u202e evil \u0000",
    "wordskept0z {kept0z}",
]


class Danger(HTMLParser):
    """Collects what could act: elements and attributes that no message has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.shape: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append(tag)
        if tag in ("script", "iframe", "object", "form", "svg", "base") or "mj-" in tag:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or ""):
                self.found.append(f"{name}={value}")


def shape(html: str) -> list[str]:
    return Danger(html).shape


def letter(words: str) -> list[object]:
    stored = words.replace("&", "&amp;").replace("<", "&lt;")
    return [
        block("heading", words),
        paragraph(stored),
        block("button", {"label": words, "url": "https://example.org"}),
        block("callout", {"tone": words, "text": f"<p>{stored}</p>"}),
        block("image", {"url": "https://example.org/a.png", "alt": words}),
        block("table", {"rows": words.replace("|", "/"), "header": True}),
    ]


@pytest.mark.parametrize("evil", EVIL)
def test_words_of_staff_never_become_markup(evil: str) -> None:
    brand = Brand(evil, evil, evil, evil, language=evil, direction=evil)
    made = compile_email(
        subject=evil,
        blocks=letter(evil),  # type: ignore[arg-type]
        brand=brand,
        footer=evil.replace("[", "("),
    )
    plain = compiled(*letter("word"), subject="word", footer="word")  # type: ignore[arg-type]
    assert Danger(made.html).found == []
    assert shape(made.html)[:40] == shape(plain.html)[:40]
    assert fill(made, {}).html


@pytest.mark.parametrize("evil", EVIL)
def test_values_of_people_never_become_markup(evil: str) -> None:
    holes = letter("{{ name }}")
    made = compiled(*holes, subject="s", footer="{{ name }}")  # type: ignore[arg-type]
    assert Danger(fill(made, {"name": evil}).html).found == []
    assert shape(fill(made, {"name": evil}).html) == shape(
        fill(made, {"name": "Anna"}).html
    )


@given(words=st.text(min_size=1).filter(str.strip))
@settings(max_examples=60, deadline=None)
def test_any_words_at_all_keep_their_place(words: str) -> None:
    value = "{{ name }}"
    made = compiled(paragraph(value), block("heading", value), footer=value)
    found = fill(made, {"name": words}).html
    assert shape(found) == shape(fill(made, {"name": "Anna"}).html)


@pytest.mark.parametrize(
    "stored",
    [
        '<p onclick="x()">a</p><script>alert(1)</script>',
        '<p><a href="https://example.org" onmouseover="x()" style="x">a</a></p>',
        '<p>a<img src="x" onerror="alert(1)"></p><iframe src="//x"></iframe>',
        "<p>a<svg><script>alert(1)</script></svg></p>",
        "<p>a</p></div></td></table><form action=x>",
        "<p>a<b>unclosed",
    ],
)
def test_stored_rich_text_is_cleaned_however_it_got_there(stored: str) -> None:
    html = filled(block("text", stored)).html
    assert Danger(html).found == []
    assert "onclick" not in html
    body = html.split("<body")[1]
    for tag in ("div", "table", "td", "b"):
        assert len(re.findall(rf"<{tag}[ >]", body)) == body.count(f"</{tag}>")


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "JaVaScRiPt:x", " data:text/html,x", "vbscript:x"]
)
def test_a_link_that_runs_something_is_refused(href: str) -> None:
    with pytest.raises(InvalidTemplate, match="has no address that can be used"):
        compiled(paragraph(f'<a href="{href}">click</a>'))
    with pytest.raises(InvalidTemplate, match="cannot be used as a link"):
        compiled(block("button", {"label": "x", "url": href}))


def test_a_page_of_the_console_cannot_be_linked_to() -> None:
    with pytest.raises(InvalidTemplate, match="has no address"):
        compiled(paragraph('<a linktype="page" id="3">click</a>'))


def test_braces_in_a_clusters_name_are_only_braces() -> None:
    brand = Brand("{{ name }}{% if x %}{{{", footer_address="{{ unit }}")
    made = compile_email(subject="s", blocks=[paragraph("x")], brand=brand)
    assert [piece for piece in split(made.html) if piece.kind != LITERAL] == []
    assert [piece for piece in split(made.text) if piece.kind != LITERAL] == []
    assert "{ { name }}" in fill(made, {}).text


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("mailto:a@example.org?subject=Hi", "mailto:a@example.org?subject=Hi"),
        ("tel:+44-20-7946", "tel:+44-20-7946"),
        ("{{ url }}", '{{ url | _href: "url" }}'),
        (
            "https://x.org/?u={{ unit | upcase }}#top",
            'https://x.org/?u={{ unit | upcase | _query: "unit" }}#top',
        ),
    ],
)
def test_a_link_may_be_or_ask_with_a_placeholder(written: str, made: str) -> None:
    assert read_link(written).source == made


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "The link is empty"),
        ("example.org/news", "Write https://example.org/news"),
        ("https://{{ host }}/", "can be a whole link, or stand after a question"),
        ("https://x.org/{{ id }}?a=b", "can be a whole link"),
        ("{{ a }}{{ b }}", "cannot be used as a link"),
        ("javascript:{{ a }}", "cannot be used as a link"),
        ("https://x.org/?{% if a %}b{% endif %}", "no {% tags %}"),
        ("https://good.org@evil.org/", "cannot be used as a link"),
        ("https://x.org/a b", "cannot be used as a link"),
        ("https:///nowhere", "cannot be used as a link"),
    ],
)
def test_a_link_that_could_surprise_is_explained(written: str, said: str) -> None:
    link = read_link(written)
    assert link.source == ""
    assert said in link.objection


@given(value=st.text())
def test_a_value_in_a_link_stays_inside_its_part(value: str) -> None:
    value = "".join(c for c in value if not "\ud800" <= c <= "\udfff")
    made = compiled(
        block("button", {"label": "x", "url": "https://x.org/?u={{ unit }}&v=1"})
    )
    if not value.strip():
        return
    html = fill(made, {"unit": value}).html
    href = re.findall(r'href="([^"]*)"', html)[0].replace("&amp;", "&")
    assert href.startswith("https://x.org/?u=")
    assert href.endswith("&v=1")
    assert href.count("&") == 1
    assert is_safe(href) or len(href) > 2000
