"""Whether braces and tags are well formed, each finding in a plain sentence."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from django.utils.translation import gettext as _
from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from .formats import Locale
from .fragments import OPEN, OUTPUT, TAG, Fragment, split
from .problems import Problem
from .sandbox import MIDDLES, OPENERS, TAGS, Kind, sandbox

WORDS = re.compile(r"[^\W\d]\w*(\s+\w+)+")
# What a tag must stand in to be read by itself.
AROUND = {
    "if": "{tag}{{% endif %}}",
    "unless": "{tag}{{% endunless %}}",
    "case": "{tag}{{% endcase %}}",
    "elsif": "{{% if x %}}{tag}{{% endif %}}",
    "when": "{{% case x %}}{tag}{{% endcase %}}",
}


def shapes(source: str, allowed: Collection[str] | None) -> list[Problem]:
    """Every `{{ … }}` and `{% … %}` that cannot be read by itself."""
    found = []
    for piece in split(source):
        problem = None
        if piece.kind == OPEN:
            problem = _open(source, piece)
        elif piece.kind == OUTPUT:
            problem = _output(piece, allowed)
        elif piece.kind == TAG:
            problem = _tag(piece)
        if problem:
            found.append(placed(problem, source, piece.start))
    return found


def parse(source: str) -> BoundTemplate:
    """The source read as plain text in no particular locale.

    Raises:
        LiquidError: it is not Liquid that may be used here.
    """
    return sandbox(Kind.TEXT, Locale()).from_string(source)


def _open(source: str, piece: Fragment) -> Problem:
    close = "}}" if piece.text == "{{" else "%}"
    shown = source[piece.start : piece.start + 24].split("\n")[0]
    sentence = _("“%(shown)s” is not closed. End it with %(close)s.")
    return Problem(sentence % {"shown": shown, "close": close})


def _output(piece: Fragment, allowed: Collection[str] | None) -> Problem | None:
    if not piece.inner:
        return Problem(
            _("“{{ }}” is empty. Write a placeholder’s name between the braces.")
        )
    if WORDS.fullmatch(piece.inner):
        return unknown(piece.inner, allowed or (piece.inner.replace(" ", "_"),))
    try:
        parse(piece.text)
    except LiquidError:
        sentence = _(
            "“%(written)s” cannot be understood. Write it like {{ first_name }} or "
            '{{ first_name | default: "neighbour" }}.'
        )
        return Problem(sentence % {"written": piece.text})
    return None


def _tag(piece: Fragment) -> Problem | None:
    name = tag_name(piece)
    if name not in TAGS:
        sentence = _(
            "“{%% %(tag)s %%}” cannot be used in a message. What can: if, unless "
            "and case."
        )
        return Problem(sentence % {"tag": name}, name=name)
    try:
        parse(AROUND.get(name, "").format(tag=piece.text))
    except LiquidError:
        sentence = _(
            "“%(written)s” cannot be understood. Write it like "
            "{%% if unit %%} … {%% endif %%}."
        )
        return Problem(sentence % {"written": piece.text}, name=name)
    return None


def balance(source: str) -> list[Problem]:
    """Tags that are not closed, or closed without having been opened."""
    waiting: list[Fragment] = []
    found = []
    for piece in split(source):
        name = tag_name(piece)
        if name in OPENERS:
            waiting.append(piece)
        elif name in MIDDLES and not waiting:
            found.append(placed(_stray(name), source, piece.start))
        elif name in OPENERS.values():
            if waiting and OPENERS[tag_name(waiting[-1])] == name:
                waiting.pop()
            else:
                found.append(placed(_stray(name), source, piece.start))
    for piece in waiting:
        sentence = _("“%(tag)s” is never closed. Add {%% %(end)s %%} where it ends.")
        end = OPENERS[tag_name(piece)]
        problem = Problem(sentence % {"tag": piece.text, "end": end})
        found.append(placed(problem, source, piece.start))
    return found


def _stray(name: str) -> Problem:
    sentence = _(
        "“{%% %(tag)s %%}” has no beginning. Remove it, or add what it belongs to "
        "before it."
    )
    return Problem(sentence % {"tag": name}, name=name)


def did_you_mean(name: str, allowed: Collection[str]) -> str:
    """The allowed name that this was most likely meant to be, or nothing."""
    squashed = {_squash(known): known for known in sorted(allowed)}
    close = get_close_matches(_squash(name), squashed, n=1, cutoff=0.6)
    return squashed[close[0]] if close else ""


def unknown(name: str, allowed: Collection[str]) -> Problem:
    """The finding that no such placeholder exists."""
    suggestion = did_you_mean(name, allowed)
    if suggestion:
        sentence = _("There is no placeholder “%(name)s”. Did you mean “%(this)s”?")
    else:
        sentence = _(
            "There is no placeholder “%(name)s”. Pick one from the list of "
            "placeholders."
        )
    text = sentence % {"name": name, "this": suggestion}
    return Problem(text, name=name, suggestion=suggestion)


def _squash(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def tag_name(piece: Fragment) -> str:
    """`if` of `{% if unit %}`; nothing for what is not a tag."""
    if piece.kind != TAG:
        return ""
    words = piece.inner.split(None, 1)
    return words[0] if words else ""


def placed(problem: Problem, source: str, index: int) -> Problem:
    """The problem with its line and column, counted from 1."""
    before = source[: max(index, 0)]
    line = before.count("\n") + 1
    return replace(problem, line=line, column=len(before) - before.rfind("\n"))
