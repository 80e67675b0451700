"""CAP 1.2, Atom and RSS are read; tricks are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.inbound import CapMessage, Unreadable, read

from .cap import FRENCH, SENDER, alert, atom, info, rss


def test_a_message_is_read_in_each_language():
    message = read(alert("wind-2", info(), FRENCH, kind="Update", about="wind-1"))
    assert isinstance(message, CapMessage)
    assert (message.kind, message.status) == ("Update", "Actual")
    assert [each.identifier for each in message.references] == ["wind-1"]
    assert message.name.sender == SENDER
    english, french = message.parts
    assert english.headline == "Orange wind warning"
    assert (english.areas, english.codes) == (("North shore",), ("GB013",))
    assert french.language == "fr-FR"


def test_lists_lead_to_the_message_itself_and_not_to_the_page_about_it():
    for listed in (atom("one.xml", "two.xml"), rss("one.xml", "two.xml")):
        found = read(listed)
        assert isinstance(found, tuple)
        assert [each.link for each in found] == ["one.xml", "two.xml"]


BOMB = b"""<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>&c;</sender></alert>"""
FILE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>&x;</sender></alert>"""
DTD = b"""<!DOCTYPE alert SYSTEM "https://elsewhere.example/cap.dtd"><alert/>"""


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        FILE,
        DTD,
        b"",
        b"words",
        b"<html></html>",
        b"<alert/>",
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        alert().replace(b"<sender>", b"<sender>two words "),
        alert(sent="yesterday"),
        alert(sent="2026-11-21T00:00:00"),
        alert()[:-10],
    ],
)
def test_what_is_no_alert_or_a_trick_is_refused_in_a_sentence(data):
    with pytest.raises(Unreadable):
        read(data)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data):
    with pytest.raises(Unreadable):
        read(data)
