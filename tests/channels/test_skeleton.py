"""The fast way to write a mail says what Django's own says, whatever stands in it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.channels import Attachment, Message
from notifications.channels.email.mime import Unbuildable, write
from notifications.channels.email.skeleton import Odd, skeleton, wire_of
from tests.channels import reading
from tests.channels.reading import assert_as_django, content, fast, undotted
from tests.channels.test_mime import ada

TRICKY = [
    "",
    "Ada",
    ".",
    "..",
    ".hidden",
    "\n",
    "\n.\n",
    "\r\n.\r\n",
    "one\n.\ntwo\n..three\n.four",
    " ",
    "\t",
    "ends in spaces   ",
    "\nbegins with a new line",
    "a line ends in spaces  \nand in a tab\t\n",
    "x" * 75 + " \n" + "x" * 75 + "  ",
    "x" * 74,
    "x" * 75,
    "x" * 76,
    "x" * 77,
    "." * 160,
    "=" * 40,
    "=3D=",
    "a=b&c=d",
    "é" * 500,
    "x" * 5000,
    "https://riverside.example/unsubscribe/123." + "a-_" * 20,
    "\u202bright to left\u202c שלום العربية",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈",
    "From the office\nFrom here\n",
    "a\x0bb\x0cc\x1cd\x85e\u2028f\x00g",
    "--=_alternative_\n--\n",
]


@pytest.mark.parametrize("value", TRICKY)
def test_a_value_says_the_same_at_every_gap(value):
    assert_as_django(
        ada(
            text=("", " first, ", "", " then\n", "."),
            text_gaps=(value, value, value, value),
            html=("<p>", "</p>.\n", "", ""),
            html_gaps=(value, value, value),
        )
    )


@pytest.mark.parametrize("word", TRICKY)
def test_words_say_the_same_on_every_side_of_a_gap(word):
    gaps = ("Ada", ".", "")
    assert_as_django(
        ada(
            text=(word, word, "x" + word, word + "x"),
            text_gaps=gaps,
            html=("<p>", word, word, "</p>"),
            html_gaps=gaps,
        )
    )


@pytest.mark.parametrize("halves", [("\r", "\n"), ("\r", ""), ("a\r", "\nb")])
def test_a_line_end_in_two_halves_stays_one(halves):
    before, after = halves
    cut = {"text": (f"{before}", "\n.", " end\n"), "text_gaps": (after, before)}
    message = ada(**cut)
    assert undotted(wire_of(message).data).isascii()
    one, other = undotted(wire_of(message).data), write(message)
    assert reading.parts(one) == reading.parts(other)


def test_a_message_that_is_all_gap_says_the_same():
    whole = "Dear Ada,\n.\nthe water is off.\n" * 50
    html = "<p>Grüße</p>\n" * 300
    assert_as_django(
        ada(text=("", ""), text_gaps=(whole,), html=("", ""), html_gaps=(html,))
    )


def test_without_html_it_is_plain_text():
    message = ada(html="", text=("Dear ", "."), text_gaps=("Ada",))
    assert_as_django(message)
    assert reading.parts(fast(message))[0].kind == "text/plain"


@pytest.mark.parametrize("part", ["text", "html"])
def test_a_part_that_turns_out_empty_is_left_out(part):
    message = ada(**{part: ("", "")}, **{f"{part}_gaps": ("",)})
    one, other = undotted(wire_of(message).data), write(message)
    assert reading.parts(one) == reading.parts(other)


@pytest.mark.parametrize(
    "name", ["Ada", "", "Zoë Müller", 'A "B" \\', "Ä" * 200, "a, <b>", "林小明", "🏠"]
)
@pytest.mark.parametrize(
    "subject",
    [
        ("For ", ", today"),
        ("", ""),
        ("Für ", " " + "ü" * 100),
        ("תזכורת ", ""),
        ("many short words " * 12, "end"),
        ("x" * 300 + " ", " y"),
    ],
)
def test_names_and_subjects_say_the_same(name, subject):
    assert_as_django(ada(to_name=name, subject=subject, subject_gaps=(name,)))


def test_headers_of_the_form_and_of_the_message_say_the_same():
    form = {"X-Tocsin-Cluster": "c1", "List-Unsubscribe-Post": "One-Click", "X-A": "f"}
    own = {
        "X-Tocsin-Entry": "77",
        "List-Unsubscribe": "<https://riverside.example/u/" + "x" * 300 + ">",
        "x-a": "the message's own",
        "X-100%s": "%d",
    }
    message = ada(form_headers=form, headers=own)
    assert_as_django(message)
    mail = reading.read(fast(message))
    assert mail.get_all("X-A") == ["the message's own"]
    assert mail["Precedence"] == "bulk"


def test_each_message_has_its_own_headers_whatever_the_one_before_had():
    form = ada().form
    first = Message(key="k1", to="a@x.org", form=form, headers={"X-One": "1"})
    second = Message(key="k2", to="b@x.org", form=form, headers={"X-Two": "2"})
    third = Message(key="k3", to="c@x.org", form=form)
    for message in (first, second, third, first):
        assert_as_django(message)


PLAN = Attachment("Plan für Block B.txt", "text/plain", "Grüße\n.\nüber\n".encode())
PHOTO = Attachment("photo.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
NO_TEXT = Attachment("notes.txt", "text/plain", b"\xff\xfe\n.\n")


@pytest.mark.parametrize("html", ["", "<p>See the plan.</p>"])
@pytest.mark.parametrize("files", [(PLAN,), (PLAN, PHOTO, NO_TEXT)])
def test_attachments_arrive_whole(html, files):
    message = ada(html=html, text=("Dear ", "."), text_gaps=("Zoë",), attachments=files)
    assert_as_django(message)
    found = reading.read(fast(message))
    assert content(found, "plain").strip() == "Dear Zoë."
    attached = list(found.iter_attachments())
    assert [one.get_filename() for one in attached] == [one.name for one in files]
    if PHOTO in files:
        assert attached[1].get_content() == PHOTO.content


@pytest.mark.parametrize(
    "file",
    [
        Attachment("a\r\nb.txt", "text/plain", b""),
        Attachment("", "text/plain", b""),
        Attachment("a.eml", "message/rfc822", b""),
        Attachment("a.txt", "text", b""),
    ],
)
def test_an_attachment_that_cannot_be_is_refused(file):
    with pytest.raises(Unbuildable):
        wire_of(ada(attachments=(file,)))


def test_a_form_is_made_ready_once():
    message = ada(text=("Dear ", "."), text_gaps=("Ada",))
    assert skeleton(message.form) is skeleton(message.form)


def test_a_sender_of_letters_beyond_ascii_is_written_the_slow_way():
    message = ada(sender="büro@riverside.example")
    assert skeleton(message.form) is None
    assert wire_of(message).utf8


def test_gaps_that_do_not_fit_the_words_fail_that_message():
    with pytest.raises((Unbuildable, ValueError)):
        wire_of(ada(text=("a", "b"), text_gaps=("x", "y", "z")))


def test_the_envelope_is_that_of_the_slow_way():
    message = ada(sender="office@bücher.example")
    assert wire_of(message).sender == "office@xn--bcher-kva.example"
    assert wire_of(message).message_id == "t1-e1-42@xn--bcher-kva.example"
    assert wire_of(message).recipient == "ada@example.org"


letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=90)
lines = st.lists(
    st.sampled_from([" ", "\t", ".", "=", "a", "é", "\n", "\r\n", "x" * 37, "🏠"]),
    max_size=12,
).map("".join)
texts = st.one_of(letters, lines)


@settings(max_examples=300, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5), st.lists(texts, min_size=4, max_size=4))
@example(["a\r"], [""] * 4)
def test_whatever_the_words_and_the_values_are_it_says_the_same(words, values):
    words = tuple(words)
    gaps = tuple(itertools.islice(values, len(words) - 1))
    message = ada(
        text=("t", *words),
        text_gaps=("", *gaps),
        html=("h", *words),
        html_gaps=("", *gaps),
    )
    raw = undotted(wire_of(message).data)
    reading.assert_sound(raw)
    assert reading.parts(raw) == reading.parts(write(message))
    assert content(reading.read(raw), "html") == plain_ends(message.html)


def plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


spoken = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))


@settings(max_examples=300, deadline=None)
@given(name=spoken, words=st.tuples(spoken, spoken), value=spoken)
def test_whatever_people_are_called_headers_say_the_same(name, words, value):
    message = ada(to_name=name, subject=words, subject_gaps=(value,))
    ready = skeleton(message.form)
    assert ready is not None
    try:
        raw = undotted(ready.fill(message).data)
    except (Odd, Unbuildable):
        return
    reading.assert_sound(raw)
    assert reading.mailboxes(raw, "To") == [(name, "ada@example.org")]
    assert reading.headers(raw)["subject"].strip() == message.subject.strip()
