"""What staff write between braces: read, checked, explained."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from django.utils.translation import gettext as _
from liquid import BoundTemplate
from liquid.exceptions import LiquidError
from liquid.static_analysis import TemplateAnalysis

from .fragments import tidied
from .grammar import balance, did_you_mean, parse, placed, shapes, unknown
from .placeholders import examples
from .problems import BadPattern, FillError, InvalidTemplate, Problem
from .sandbox import FILTERS

WRONG_ARGUMENTS = re.compile(r"positional argument|keyword argument")


def check(
    source: str, allowed: Collection[str] | None, *, where: str = ""
) -> list[Problem]:
    """Everything wrong with the source, in the order of reading.

    `allowed` holds the names that may be used; None lets any name pass.
    """
    source = tidied(source)
    problems = shapes(source, allowed) or balance(source)
    if not problems:
        problems = _meaning(source, allowed)
    return [replace(problem, where=where) for problem in problems]


def placeholders(source: str) -> set[str]:
    """The names that the source wants values for.

    Raises:
        InvalidTemplate: it cannot be read.
    """
    try:
        return set(parse(tidied(source)).analyze().globals)
    except LiquidError:
        raise InvalidTemplate(check(source, None)) from None


def _meaning(source: str, allowed: Collection[str] | None) -> list[Problem]:
    try:
        template = parse(source)
    except LiquidError:
        sentence = _("The {% tags %} do not fit together. Check their order.")
        return [Problem(sentence)]
    analysis = template.analyze()
    found = _names(source, analysis, allowed) + _filters(source, analysis)
    found.sort(key=lambda problem: (problem.line, problem.column))
    return found or _trial(source, template)


def _names(
    source: str, analysis: TemplateAnalysis, allowed: Collection[str] | None
) -> list[Problem]:
    found = []
    for name, uses in analysis.globals.items():
        for use in uses:
            if len(use.segments) > 1:
                problem = _dotted(str(use))
            elif allowed is not None and name not in allowed:
                problem = unknown(name, allowed)
            else:
                continue
            found.append(placed(problem, source, use.span.index))
    return found


def _dotted(path: str) -> Problem:
    better = re.sub(r"\W+", "_", path).strip("_")
    sentence = _("“%(path)s” cannot be used: a placeholder is one word, like %(one)s.")
    return Problem(sentence % {"path": path, "one": better}, name=path)


def _filters(source: str, analysis: TemplateAnalysis) -> list[Problem]:
    found = []
    for name, spans in analysis.filters.items():
        if name in FILTERS:
            continue
        close = did_you_mean(name, FILTERS)
        sentence = _("There is no filter “%(name)s”.") % {"name": name}
        if close:
            sentence += " " + _("Did you mean “%(this)s”?") % {"this": close}
        problem = Problem(sentence, name=name, suggestion=close)
        found += [placed(problem, source, span.index) for span in spans]
    return found


def _trial(source: str, template: BoundTemplate) -> list[Problem]:
    """What shows only when a filter runs: its arguments, a pattern for a date."""
    values = dict.fromkeys(template.analyze().globals, "1") | examples()
    try:
        template.render(**values)
    except BadPattern as error:
        return [Problem(str(error))]
    except FillError:
        return []  # the example values are to blame
    except LiquidError as error:
        if not WRONG_ARGUMENTS.search(str(error.message)) or not error.token:
            return []
        name = error.token.value
        sentence = _("“%(name)s” is used with too few or too many arguments.")
        problem = Problem(sentence % {"name": name}, name=name)
        return [placed(problem, source, error.token.start_index)]
    return []
