"""Which clusters the running code may see, decided when a query runs.

Filtering in a manager's ``get_queryset()`` is not enough: the admin builds form
classes and filter sets once per process, inside the first request, and would bake
that request's clusters into every later one. So the filter is a lookup whose SQL is
made when the query is compiled, from a context variable. No scope set: it raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import F, Lookup, Manager, QuerySet

from .errors import ScopeMissing


class _Everything:
    """The scope of background work that serves all clusters."""

    def __repr__(self) -> str:
        return "every cluster"


EVERYTHING = _Everything()
Scope = frozenset[int] | _Everything

_current: ContextVar[Scope | None] = ContextVar("tocsin_scope", default=None)


@contextmanager
def clusters(*ids: int) -> Iterator[None]:
    """Let the enclosed code see the rows of these clusters, and of no other."""
    token = _current.set(frozenset(ids))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def every_cluster() -> Iterator[None]:
    """Let workers and commands see all clusters: they say so explicitly."""
    token = _current.set(EVERYTHING)
    try:
        yield
    finally:
        _current.reset(token)


if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:  # Django's own class takes no type parameter at run time.
    _Lookup = Lookup


class InScope(_Lookup):
    """``cluster_id IN (the scope in force)``, bound when the query is compiled."""

    lookup_name = "in_scope"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        scope = _current.get()
        if scope is None:
            raise ScopeMissing(
                "Rows of a cluster were asked for outside any scope. "
                "Wrap the code in scope.clusters(...) or scope.every_cluster()."
            )
        if isinstance(scope, _Everything):
            raise FullResultSet
        if not scope:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        marks = ", ".join(["%s"] * len(scope))
        return f"{column} IN ({marks})", [*params, *sorted(scope)]


def scoped(queryset: QuerySet[Any], path: str = "cluster_id") -> QuerySet[Any]:
    """Narrow a queryset to the scope that is in force when it runs."""
    return queryset.filter(InScope(F(path), ()))


class ScopedManager(Manager[Any]):
    """Default manager of everything that belongs to a cluster."""

    #: Path to the cluster's key.
    path: ClassVar[str] = "cluster_id"

    def get_queryset(self) -> QuerySet[Any]:
        return scoped(super().get_queryset(), self.path)


class OwnKeyManager(ScopedManager):
    """Default manager of clusters themselves, and of their history."""

    path: ClassVar[str] = "id"
