"""A subject as the name of a message: with no person in it, and no braces."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .compiled import Compiled
from .filling import Filler
from .placeholders import PLACEHOLDERS, Value
from .problems import FillError, InvalidTemplate, MissingValue

_BRACES = re.compile(r"\{[{%].*?[%}]\}")


def title_of(subject: str, known: Mapping[str, Value]) -> str:
    """What lists call a message: "The water will be off in your building".

    ``known`` are the values that are the same for everybody. A placeholder that
    differs from person to person becomes its default, else its label in brackets.
    """
    if "{" not in subject:
        return subject
    values: dict[str, Value | None] = dict(known)
    try:
        filler = Filler(Compiled(subject=subject, html="", text=""))
        # One placeholder more has a stand-in each time round.
        for _attempt in range(len(filler.names) + 1):
            try:
                return filler.fill(values).subject
            except MissingValue as missing:
                values[missing.name] = _stand_in(missing.name)
    except (FillError, InvalidTemplate):
        pass
    return _BRACES.sub("…", subject)


def _stand_in(name: str) -> str:
    found = PLACEHOLDERS.get(name)
    label = str(found.label).lower() if found else name
    return f"[{label}]"
