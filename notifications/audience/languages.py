"""In which of several languages somebody is written to.

Their own; else one that is near it (French for Canadian French); else the cluster's;
else the first that there is. The same rules answer the preview and the fan-out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, Case, Q, Value, When


def language_for(language: str, offered: Sequence[str], fallback: str) -> str:
    """Which of the offered languages somebody gets whose own is ``language``."""
    for code, condition in _rules(offered):
        if language and _holds(condition, language):
            return code
    return _nearest(fallback, offered)


def key_by_language(offered: Mapping[str, int], fallback: str) -> Case:
    """The same for every person of a query: the key that belongs to their language."""
    codes = list(offered)
    whens = [
        When(_asked(condition), then=Value(offered[code]))
        for code, condition in _rules(codes)
    ]
    default = Value(offered[_nearest(fallback, codes)])
    return Case(*whens, default=default, output_field=BigIntegerField())


#: A language by its whole code, or, with a hyphen at its end, by how codes begin.
Condition = str


def _rules(offered: Sequence[str]) -> Iterator[tuple[str, Condition]]:
    """What fits whom, the best first; nothing where there is no choice."""
    if len(offered) < 2:
        return
    yield from ((code, code) for code in offered)
    seen = set()
    for code in offered:
        base = code.partition("-")[0]
        if base not in seen:
            seen.add(base)
            yield code, f"{base}-"


def _nearest(language: str, offered: Sequence[str]) -> str:
    for code, condition in _rules(offered):
        if _holds(condition, language):
            return code
    return offered[0]


def _holds(condition: Condition, language: str) -> bool:
    return condition in (language, f"{language}-") or (
        condition.endswith("-") and language.startswith(condition)
    )


def _asked(condition: Condition) -> Any:
    if not condition.endswith("-"):
        return Q(language=condition)
    return Q(language=condition[:-1]) | Q(language__startswith=condition)
