"""What cannot be written as mail is refused in words that repeat nothing of it."""

from __future__ import annotations

import pytest

from notifications.channels.email.mime import Unbuildable
from notifications.channels.email.skeleton import wire_of
from tests.channels.test_mime import ADA, ada


@pytest.mark.parametrize("char", ["\r", "\n", "\r\n", "\0", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("key", "the key"),
        ("to", "the address"),
        ("to_name", "the name"),
        ("sender", "the sender's address"),
        ("sender_name", "the sender's name"),
        ("reply_to", "the reply address"),
        ("subject", "the subject"),
    ],
)
def test_a_line_break_in_a_header_is_refused(field, what, char):
    value = f"{ADA[field]}{char}Bcc: mallory@example.org"
    with pytest.raises(Unbuildable, match=f"^a line break in {what}$"):
        wire_of(ada(**{field: value}))


def test_a_line_break_in_an_extra_header_is_refused():
    with pytest.raises(Unbuildable, match="^a line break in the header X-Tocsin-Run$"):
        wire_of(ada(headers={"X-Tocsin-Run": "1\r\nBcc: mallory@example.org"}))


@pytest.mark.parametrize("name", ["Bcc", "to", "MIME-Version", "X-Tocsin-Key"])
def test_the_channels_own_headers_cannot_be_overruled(name):
    with pytest.raises(Unbuildable, match="which the channel writes itself"):
        wire_of(ada(headers={name: "mallory@example.org"}))


@pytest.mark.parametrize("name", ["", "X Y", "X:Y", "X\r\nBcc", "Größe"])
def test_a_header_name_that_is_none_is_refused(name):
    with pytest.raises(Unbuildable, match="a name that mail does not allow"):
        wire_of(ada(headers={name: "1"}))


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "@x.org", "a@b@c", "a b@x.org", "<a@x.org>", "a,b@c"]
)
def test_what_is_no_address_is_refused_without_being_repeated(address):
    with pytest.raises(Unbuildable, match="^the address is not an email address$"):
        wire_of(ada(to=address))


@pytest.mark.parametrize(
    "domain", ["x..org", "-\u00af", "x" * 70 + ".ü", "x.org.", "*"]
)
def test_a_domain_that_cannot_be_is_refused(domain):
    with pytest.raises(Unbuildable, match="^the address has a domain that cannot be$"):
        wire_of(ada(to=f"ada@{domain}"))


def test_a_character_that_cannot_be_encoded_is_refused():
    with pytest.raises(Unbuildable, match="a character that mail cannot carry"):
        wire_of(ada(text="half a pair \ud83d"))


def test_a_subject_that_cannot_be_folded_is_refused():
    with pytest.raises(Unbuildable, match="a header line longer than mail can carry"):
        wire_of(ada(subject="x" * 1200))
