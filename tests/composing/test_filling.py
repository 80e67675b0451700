"""A compiled message is filled for one person after another, safely and fast."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.composing import (
    Compiled,
    Filler,
    FillError,
    Locale,
    MissingValue,
    UnsafeHeader,
    UnsafeLink,
    content_hash,
    fill,
)
from notifications.composing.filling import Bare, Whole, joined
from notifications.composing.placeholders import present
from notifications.composing.sandbox import Kind, sandbox


def text(source: str, defaults: dict[str, Any] | None = None, **values: Any) -> str:
    return fill(Compiled("s", "h", source), values, defaults).text


def test_a_value_comes_before_a_default_and_a_default_before_failing() -> None:
    assert text("Dear {{ name }}", {"name": "neighbour"}, name="Anna") == "Dear Anna"
    assert text("Dear {{ name }}", {"name": "neighbour"}) == "Dear neighbour"
    with pytest.raises(MissingValue) as caught:
        text("Dear {{ name }}")
    assert caught.value.name == "name"
    assert str(caught.value).startswith("There is no value for “name”")


@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_a_blank_value_counts_as_missing(nothing: Any) -> None:
    assert text("{{ unit }}", {"unit": "your home"}, unit=nothing) == "your home"
    with pytest.raises(MissingValue):
        text("{{ unit }}", unit=nothing)


def test_a_zero_is_a_value() -> None:
    assert text("{{ floor }}", {"floor": 9}, floor=0) == "0"


def test_a_first_name_falls_back_to_the_name() -> None:
    assert text("{{ first_name }}", name="Anna Lindqvist") == "Anna Lindqvist"
    assert text("{{ first_name }}", name="A L", first_name="Anna") == "Anna"


def test_a_default_or_a_condition_in_the_source_also_satisfies() -> None:
    assert text('{{ unit | default: "home" }}') == "home"
    assert text('{{ unit | upcase | default: "home" }}') == "home"
    assert text("{% if unit %}in {{ unit }}{% else %}here{% endif %}") == "here"
    assert text("{% if unit %}in {{ unit }}{% endif %}", unit="F12") == "in F12"


@pytest.mark.parametrize(
    "source",
    ["{{ unit | upcase }}", "{{ 'in ' | append: unit }}", "{{ unit | plus: 1 }}"],
)
def test_a_filter_does_not_hide_that_a_value_is_missing(source: str) -> None:
    with pytest.raises(MissingValue):
        text(source)


def test_a_value_is_never_read_as_liquid() -> None:
    for evil in ("{{ unit }}", "{% if unit %}", "{{", "{%", "}}", "{# #}"):
        assert text("<{{ name }}>", name=evil, unit="secret") == f"<{evil}>"
        whole = "{% if name %}<{{ name }}>{% endif %}"
        assert text(whole, name=evil, unit="secret") == f"<{evil}>"


def test_a_value_is_escaped_in_html_and_left_alone_in_text() -> None:
    made = Compiled("{{ name }}", "<p>{{ name }}</p>", "{{ name }}")
    found = fill(made, {"name": '<b>"O\'Neil" & Söhne</b> 🏠'})
    assert found.html == (
        "<p>&lt;b&gt;&quot;O&#x27;Neil&quot; &amp; Söhne&lt;/b&gt; 🏠</p>"
    )
    assert found.text == found.subject == '<b>"O\'Neil" & Söhne</b> 🏠'


def test_words_of_the_author_inside_liquid_are_escaped_too() -> None:
    made = Compiled("s", '{{ name | default: "<script>" }}', "t")
    assert fill(made, {}).html == "&lt;script&gt;"


@pytest.mark.parametrize("breaker", ["\r", "\n", "\r\n", "\x00", "\u2028", "\ud800"])
@pytest.mark.parametrize("source", ["Hi {{ name }}", "Hi {{ name | upcase }}"])
def test_a_value_that_breaks_the_subject_fails_that_entry(
    breaker: str, source: str
) -> None:
    value = f"Anna{breaker}Bcc: mallory@example.org"
    with pytest.raises(UnsafeHeader) as caught:
        fill(Compiled(source, "h", "t"), {"name": value, "unit": "x"})
    assert caught.value.name == "name"


def test_control_characters_never_reach_the_body() -> None:
    made = Compiled("s", "{{ name }}", "{{ name }}")
    found = fill(made, {"name": "An\x00na\x1b\ud800\nL"})
    assert found.html == found.text == "Anna\nL"


def test_a_value_that_becomes_a_link_must_be_one() -> None:
    made = Compiled("s", '<a href="{{ url | _href: "url" }}">x</a>', "t")
    good = fill(made, {"url": "https://example.org/?a=1&b=2"})
    assert good.html == '<a href="https://example.org/?a=1&amp;b=2">x</a>'
    for evil in ("javascript:alert(1)", "data:text/html,x", "//x.org", "https://"):
        with pytest.raises(UnsafeLink) as caught:
            fill(made, {"url": evil})
        assert caught.value.name == "url"


def test_what_liquid_cannot_do_with_a_value_fails_in_a_sentence() -> None:
    with pytest.raises(FillError, match="cannot be made with these values"):
        text("{% if floor > 3 %}x{% endif %}", floor="third")


def test_a_filler_knows_the_names_that_it_asks_for() -> None:
    filler = Filler(Compiled("{{ a }}", "{{ b }}", "{% if c %}{% endif %}"))
    assert filler.names == {"a", "b", "c"}


def test_equal_content_has_an_equal_address() -> None:
    one = Compiled("s", "h", "t")
    assert content_hash(one) == content_hash(Compiled("s", "h", "t"))
    assert content_hash(one) != content_hash(Compiled("sh", "", "t"))
    assert len(content_hash(one)) == 64


NAMES = st.sampled_from(["name", "first_name", "unit", "zone", "url", "true", "blank"])
WORDS = st.text(
    alphabet=st.characters(exclude_characters="{", exclude_categories=["Cs"])
).filter(bool)
HOLES = st.builds(
    lambda name, how: f"{{{{ {name}{how.format(name=name)} }}}}",
    NAMES,
    st.sampled_from(["", ' | _href: "{name}"', ' | _query: "{name}"']),
)
SOURCES = st.lists(st.one_of(WORDS, HOLES)).map("".join)
VALUES = st.dictionaries(
    NAMES,
    st.one_of(
        st.text(alphabet=st.characters()),
        st.sampled_from(
            ["\ud800", "https://example.org/?q=ä", "javascript:x", "{{ unit }}"]
        ),
        st.integers(),
        st.booleans(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.dates(min_value=date(1900, 1, 1)),
        st.none(),
    ),
)


def outcome(make: Any) -> object:
    try:
        return make()
    except FillError as error:
        return type(error), error.name


@given(source=SOURCES, values=VALUES, kind=st.sampled_from(Kind))
def test_the_fast_way_and_liquid_give_the_same(
    source: str, values: dict[str, Any], kind: Kind
) -> None:
    box = sandbox(kind, Locale("en-gb", "Europe/London", "GBP"))
    fast = Bare.of(source, box)
    if fast is None:
        return
    known = present(values)
    slow = Whole(source, box)
    one = outcome(lambda: joined(fast.words, fast.gaps(known)))
    assert one == outcome(lambda: joined(slow.words, slow.gaps(known)))


@given(source=SOURCES, values=VALUES, shared=st.sets(NAMES))
def test_what_is_the_same_for_everybody_is_filled_once_and_gives_the_same(
    source: str, values: dict[str, Any], shared: set[str]
) -> None:
    made = Compiled(source, source, source)
    common = {name: value for name, value in values.items() if name in shared}
    own = {name: value for name, value in values.items() if name not in shared}
    try:
        filler = Filler(made, common=common)
    except FillError:
        return  # A value for everybody that is no link: nobody can get it.
    assert outcome(lambda: filler.fill(own)) == outcome(lambda: fill(made, values))


def test_the_fast_way_is_taken_where_it_can_be() -> None:
    box = sandbox(Kind.HTML, Locale())
    assert Bare.of('{{ a }} {{ b | _href: "b" }}', box)
    for source in ("{{ a | upcase }}", "{% if a %}{% endif %}", "{{ true }}", "{{-a}}"):
        assert Bare.of(source, box) is None


def test_numbers_keep_their_own_writing() -> None:
    assert text("{{ n }}", n=Decimal("1.10")) == "1.10"
