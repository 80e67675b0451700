"""Text in seven bits: bodies quoted-printable, headers as encoded words.

A body may be put together from pieces that were encoded by themselves, because every
piece begins on a line of its own: `SOFT` ends a line that nobody sees.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp

SOFT = b"=\r\n"
#: So many bytes make an encoded word that fits on a line after `Subject: `.
WORD = 39
#: Needs no encoding and fits on one line.
PLAIN = re.compile(r"(?!\.)[ -<>-~]{0,75}")
#: A link, most of the time: no encoding, no dot where a line may begin.
LONG = re.compile(r"(?:(?!\.)[!-<>-~]{75})*(?:(?!\.)[!-<>-~]{1,75})")
CUT = re.compile(r".{1,75}")
# A single space is where a header may be broken, so that most lines are short.
FOLD = re.compile(r"(.{1,65}\S)(?= \S)")
SHORT = 66


def double_dots(data: bytes) -> bytes:
    """A line that is one dot ends the message, so lines with a leading dot get two."""
    doubled = data.replace(b"\n.", b"\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def ending(text: str) -> bytes:
    """A text that something else than text comes after."""
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    if b" \n" in data or b"\t\n" in data:
        # At the end of a full line, b2a_qp makes it longer than 76.
        coded = b"\n".join(map(b2a_qp, data.split(b"\n")))
    else:
        coded = b2a_qp(data)
    return double_dots(coded).replace(b"\n", b"\r\n")


def piece(text: str) -> bytes:
    """A text that `SOFT` and other text come after; raises ValueError."""
    if PLAIN.fullmatch(text):
        return text.encode()
    if LONG.fullmatch(text):
        return SOFT.join(map(str.encode, CUT.findall(text)))
    if text.endswith("\r"):
        raise ValueError("half a line break: the other half may come after it")
    # With something after it, the last line leaves room for the =.
    return ending(text + "x")[:-1]


def header(text: str) -> str:
    """A text that says the same when a reader has decoded it."""
    if not text.isascii() or "=?" in text:
        return encoded_words(text)
    return text if len(text) <= SHORT else FOLD.sub("\\1\r\n", text)


def encoded_words(text: str) -> str:
    """One word to a line; no letter is cut in two."""
    data, words, start = text.encode(), [], 0
    while start < len(data):
        end = start + WORD
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        word = b2a_base64(data[start:end], newline=False).decode()
        words.append(f"=?utf-8?b?{word}?=")
        start = end
    return "\r\n ".join(words)
