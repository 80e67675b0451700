"""Liquid, locked down: no files, no loops, no attributes, few tags and filters."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache, wraps
from io import StringIO
from typing import Any, TextIO, cast

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin import content, illegal, output
from liquid.builtin.filters import math, string
from liquid.builtin.tags import case_tag, if_tag, unless_tag
from liquid.output import LimitedStringIO
from liquid.undefined import Undefined
from liquid.utils import ReadOnlyChainMap

from .formats import (
    Locale,
    show,
    show_currency,
    show_date,
    show_naturaltime,
    show_time,
)
from .fragments import CONTROL
from .links import query_part, safe_link
from .problems import MissingValue

SURROGATE = re.compile(r"[\ud800-\udfff]")
#: What may do harm in one kind or another; most values have none of it.
NEEDS_CARE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff&<>\"']")
OPENERS = {"if": "endif", "unless": "endunless", "case": "endcase"}
MIDDLES = {"else", "elsif", "when"}
TAGS = frozenset({*OPENERS, *OPENERS.values(), *MIDDLES})
BORROWED: Mapping[str, Callable[..., Any]] = {
    "append": string.append,
    "at_least": math.at_least,
    "at_most": math.at_most,
    "capitalize": string.capitalize,
    "divided_by": math.divided_by,
    "downcase": string.downcase,
    "minus": math.minus,
    "plus": math.plus,
    "prepend": string.prepend,
    "round": math.round_,
    "strip": string.strip,
    "times": math.times,
    "truncate": string.truncate,
    "upcase": string.upcase,
}
FILTERS = frozenset({*BORROWED, "default", "date", "time", "currency", "naturaltime"})


class Kind(Enum):
    """Where the words end up, which decides how a value is made harmless."""

    HEADER = "header"
    TEXT = "text"
    HTML = "html"


class Missing(Undefined):
    """A placeholder without a value: false in a condition, an error when shown."""

    def __str__(self) -> str:
        raise MissingValue(self.name)


class ValueNode(output.OutputNode):
    """An output whose result is always escaped, literals of the author included."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        sandbox = cast(Sandbox, context.env)
        return buffer.write(sandbox.show(self.expression.evaluate(context)))


class Output(output.Output):
    """Registers `ValueNode` for `{{ … }}`."""

    node_class = ValueNode


class Context(RenderContext):
    """Knows the values handed in and nothing of its own (no `now`, no `today`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)


class Template(BoundTemplate):
    """A parsed source, bound to a sandbox."""

    context_class = Context

    def _get_buffer(self) -> StringIO:
        # An own buffer, since the stock one rewrites line ends.
        return LimitedStringIO(Sandbox.output_stream_limit, newline="")


class Sandbox(Environment):
    """One environment for a kind of output in one locale."""

    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 100
    local_namespace_limit = 100_000
    output_stream_limit = 2_000_000
    template_class = Template

    def __init__(self, kind: Kind, locale: Locale) -> None:
        self.kind = kind
        self.locale = locale
        super().__init__(undefined=Missing, strict_filters=True)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal,
            Output,
            illegal.Illegal,
            if_tag.IfTag,
            unless_tag.UnlessTag,
            case_tag.CaseTag,
        ):
            self.add_tag(tag)
        for name, function in {**BORROWED, **self._own_filters()}.items():
            self.add_filter(name, _passing_missing(function))
        self.add_filter("default", _default)

    def _own_filters(self) -> dict[str, Callable[..., str]]:
        at = self.locale
        return {
            "date": lambda value, style="long": show_date(value, at, style),
            "time": lambda value, style="short": show_time(value, at, style),
            "currency": lambda value, code="": show_currency(value, at, code),
            "naturaltime": lambda value: show_naturaltime(value, at),
            "_href": lambda value, name: safe_link(show(value, at), name),
            "_query": lambda value, name: query_part(show(value, at)),
        }

    def show(self, value: object) -> str:
        """A value as it stands in the message, harmless there."""
        text = show(value, self.locale)
        if not NEEDS_CARE.search(text):
            return text
        if self.kind is Kind.HEADER:
            # Kept, so that the filler sees them and refuses the value.
            return SURROGATE.sub("\x00", text)
        text = CONTROL.sub("", text)
        return html.escape(text) if self.kind is Kind.HTML else text


@lru_cache(maxsize=256)
def sandbox(kind: Kind, locale: Locale) -> Sandbox:
    """The sandbox for this kind and locale, made once per process."""
    return Sandbox(kind, locale)


def _passing_missing(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def filtered(value: object, *args: object, **kwargs: object) -> Any:
        if isinstance(value, Missing):
            return value
        for given in (*args, *kwargs.values()):
            if isinstance(given, Missing):
                raise MissingValue(given.name)
        return function(value, *args, **kwargs)

    return filtered


def _default(value: object, instead: object = "") -> object:
    """The value, or `instead` where it is missing, empty or blank."""
    if isinstance(value, Missing) or value is None or value is False:
        return instead
    return instead if isinstance(value, str) and not value.strip() else value
