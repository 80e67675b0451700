"""Every guard of an emergency, found in the source, and tests run without it.

A guard is an ``if`` that ends in ``raise``, or a call of something that is made of
those. A test names the guards that it holds; it is run once as the product is, and
once without each of them, where it has to fail. So no test passes for another reason
than the one it names, and a guard that no test names is found.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

import pytest

from notifications import lifecycle
from notifications.actions import dispatches, guards, scenarios
from notifications.actions.broadcasts import (
    answering,
    deciding,
    drafting,
    glass,
    hands,
    ladder,
    steering,
)
from notifications.models import moves

MODULES = (answering, deciding, drafting, glass, hands, ladder, scenarios, steering)
#: Of modules that serve others too, what an emergency comes through.
ALSO = (
    dispatches.pause,
    dispatches.resume,
    dispatches.cancel,
    dispatches.retry_failed,
    dispatches.resend_unknown,
    dispatches._still_wanted,
    dispatches._unknown,
    guards.require_role,
    lifecycle.guard,
    moves.change_if_unchanged,
    moves.move,
)
#: Of those, what guards messages of every kind, and is tested where they are.
OF_EVERY_MESSAGE = {
    "dispatches.retry_failed: dispatch.status in OPEN",
    "dispatches.retry_failed: _under_way(dispatch)",
    "dispatches.retry_failed: not to_retry(dispatch)",
    "dispatches.resend_unknown: "
    "locked.not_after is not None and locked.not_after <= now",
    "dispatches.resend_unknown: locked.status not in (_S.SENDING, _S.PAUSED)",
    "dispatches.resend_unknown: not again",
    "dispatches._unknown: not reason.strip()",
}
#: What is called to refuse. Taken away, the call gives what it was asked about.
ASKED = {
    "_check",
    "_check_parent",
    "_drafted",
    "_may_break",
    "_reason",
    "_right",
    "_still_live",
    "_still_wanted",
    "check_draft",
    "check_ladder",
    "guard",
    "require_confirmed",
    "require_role",
    "require_second_person",
    "require_steering",
    "require_unchanged",
    "require_waiting",
    "same",
}
#: All that tests name; filled as they are read.
NAMED: set[str] = set()
AND = " and also "
#: How a test fails: not by an accident on the way.
FAILURES = (AssertionError, pytest.fail.Exception)


class _Taker(ast.NodeTransformer):
    """Lists the guards of a function, and takes away those that are named."""

    def __init__(self, place: str, names: Iterable[str] = ()) -> None:
        self.place, self.names = place, set(names)
        self.found: list[str] = []

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.body[-1], ast.Raise):
            return node
        if not self._taken(ast.unparse(node.test)):
            return node
        # What writes while it asks is asked all the same.
        parts = ast.walk(node.test)
        writes = any(getattr(each, "attr", "") == "update" for each in parts)
        return ast.Expr(node.test) if writes else ast.Pass()

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        return node.args[0] if called in ASKED and self._taken(called) else node

    def _taken(self, what: str) -> bool:
        self.found.append(f"{self.place}: {what}")
        return self.found[-1] in self.names


def functions() -> dict[str, FunctionType]:
    """Where guards may be, by module and name."""
    own = [
        each
        for module in MODULES
        for each in vars(module).values()
        if inspect.isfunction(each) and each.__module__ == module.__name__
    ]
    return {_place(each): each for each in (*own, *ALSO)}


def every_guard() -> list[str]:
    """The name of each guard: module, function, and what it asks."""
    found: list[str] = []
    for place, function in functions().items():
        taker = _Taker(place)
        taker.visit(_tree(function))
        found += taker.found
    return found


def held_by(*names: str) -> pytest.MarkDecorator:
    """The test has to fail without each of these; where two overlap, without both."""
    rows = [pytest.param("", id="as-it-is"), *map(failing_without, names)]
    return pytest.mark.parametrize("without", rows, indirect=True)


def failing_without(names: str, *others: Any) -> Any:
    """A row of a table that has to fail without these guards."""
    NAMED.update(names.split(AND))
    fails = pytest.mark.xfail(strict=True, raises=FAILURES, reason=f"without {names}")
    return pytest.param(*others, names, marks=fails, id=f"without-{names}")


@contextmanager
def taken_away(names: str) -> Iterator[None]:
    """The product without these guards."""
    wanted = set(filter(None, names.split(AND)))
    kept: list[tuple[FunctionType, CodeType]] = []
    try:
        for place, function in functions().items():
            here = {name for name in wanted if name.startswith(f"{place}: ")}
            if here:
                kept.append((function, function.__code__))
                function.__code__ = _without(function, place, here)
        yield
    finally:
        for function, code in kept:
            function.__code__ = code


def _without(function: FunctionType, place: str, names: set[str]) -> CodeType:
    taker = _Taker(place, names)
    tree = ast.fix_missing_locations(taker.visit(_tree(function)))
    assert names <= set(taker.found), f"no such guard: {names - set(taker.found)}"
    module = compile(tree, function.__code__.co_filename, "exec", dont_inherit=True)
    return next(
        each
        for each in module.co_consts
        if isinstance(each, CodeType) and each.co_name == function.__name__
    )


def _tree(function: FunctionType) -> ast.Module:
    return ast.parse(inspect.getsource(function))


def _place(function: FunctionType) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
