"""Two versions side by side, in words: what was added, taken out, rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from notifications.composing.kinds import KINDS
from notifications.composing.wordings import Wording
from notifications.events import REGISTRY
from notifications.languages import language_name

from .versions import Version

WORD = re.compile(r"\s+|\w+|[^\w\s]")
SAME, ADDED, GONE = "same", "added", "gone"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: in both versions ("same"), or only in one of them."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field or block that differs; ``what`` says how, in words."""

    label: str
    what: str
    pieces: tuple[Piece, ...]


def compare(old: Version, new: Version) -> list[Change]:
    """Every difference from the old version to the new, language by language."""
    found = _fields(
        (_("Name"), old.name, new.name),
        (_("Kind"), _kind(old.event), _kind(new.event)),
    )
    main = next(iter(new.wordings))
    for language in dict.fromkeys((*new.wordings, *old.wordings)):
        before = old.wordings.get(language, Wording())
        after = new.wordings.get(language, Wording())
        named = "" if language == main else language_name(language)
        found += [_in(named, each) for each in _words_changed(before, after)]
    return found


def _words_changed(old: Wording, new: Wording) -> list[Change]:
    return [
        *_fields((_("Subject"), old.subject, new.subject)),
        *_blocks(list(old.blocks), list(new.blocks)),
        *_fields((_("Text message"), old.sms, new.sms)),
    ]


def _fields(*fields: tuple[str, str, str]) -> list[Change]:
    return [
        Change(label, _("Changed"), _pieces(before, after))
        for label, before, after in fields
        if before != after
    ]


def _in(language: str, change: Change) -> Change:
    """The same under the name of its language."""
    label = f"{language}: {change.label}" if language else change.label
    return replace(change, label=label)


def _kind(event: str) -> str:
    return str(REGISTRY[event].label) if event in REGISTRY else event


def _blocks(
    old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]
) -> Iterator[Change]:
    """Blocks keep their id when they are rewritten or moved."""
    before = {_key(block, place): block for place, block in enumerate(old)}
    after = {_key(block, place): block for place, block in enumerate(new)}
    stayed = _in_order(list(before), list(after))
    for number, (key, block) in enumerate(after.items(), start=1):
        label = _label(number, block)
        words = _words(block)
        earlier = before.get(key)
        if earlier is None:
            yield Change(label, _("Added"), (Piece(ADDED, words),))
        elif _words(earlier) != words or earlier["type"] != block["type"]:
            moved = key not in stayed
            what = _("Moved and changed") if moved else _("Changed")
            yield Change(label, what, _pieces(_words(earlier), words))
        elif key not in stayed:
            yield Change(label, _("Moved"), (Piece(SAME, words),))
        elif earlier["value"] != block["value"]:
            yield Change(label, _("Looks different"), (Piece(SAME, words),))
    for number, (key, block) in enumerate(before.items(), start=1):
        if key not in after:
            gone = Piece(GONE, _words(block))
            yield Change(_label(number, block), _("Taken out"), (gone,))


def _key(block: Mapping[str, Any], place: int) -> str:
    return str(block.get("id") or place)


def _in_order(old: list[str], new: list[str]) -> set[str]:
    """The keys that kept their order; the others were moved."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    runs = matcher.get_matching_blocks()
    return {key for run in runs for key in old[run.a : run.a + run.size]}


def _label(number: int, block: Mapping[str, Any]) -> str:
    kind = KINDS.get(block["type"])
    name = kind.label if kind else block["type"]
    return _("Block %(number)d (%(kind)s)") % {"number": number, "kind": name}


def _words(block: Mapping[str, Any]) -> str:
    if block["type"] == "heading":
        return str(block["value"])  # without the line that underlines it in a mail
    kind = KINDS.get(block["type"])
    return kind.text(block["value"]).strip() if kind else ""


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    before, after = WORD.findall(old), WORD.findall(new)
    gone, added = "", ""
    found: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for verb, a, b, c, d in matcher.get_opcodes():
        left, right = "".join(before[a:b]), "".join(after[c:d])
        # A space between two changed words would cut one change into many.
        if verb == "equal" and (right.strip() or not (gone or added)):
            found += _changed(gone, added)
            found.append(Piece(SAME, right))
            gone, added = "", ""
        else:
            gone, added = gone + left, added + right
    return (*found, *_changed(gone, added))


def _changed(gone: str, added: str) -> list[Piece]:
    pieces = [Piece(GONE, gone), Piece(ADDED, added)]
    return [piece for piece in pieces if piece.text]
