"""The people of a dispatch on one channel, judged: as a statement written only once.

To write it Django takes longer than a database to run it over a thousand people. From
chunk to chunk nothing changes in it but two keys.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.audience import Criteria, decide
from notifications.audience.languages import key_by_language
from notifications.models import Cluster, Content, Dispatch, NotificationLog
from notifications.models.reaching import NOT_REACHED

#: Stand for the two keys until a chunk has them: no row ever has these.
AFTER, TO = -7_301_001, -7_301_002

Sql = tuple[str, tuple[Any, ...]]


class Judged:
    """Who is meant, where they can be reached, what forbids it, and what they read.

    ``contents`` say the same in several languages. Nobody is in it who has an entry
    that was not skipped on one of the channels ``instead_of`` which this one is.
    """

    def __init__(
        self,
        cluster: Cluster,
        dispatch: Dispatch,
        criteria: Criteria,
        channel: str,
        contents: tuple[Content, ...],
        instead_of: tuple[str, ...] = (),
    ) -> None:
        people: QuerySet[Any] = decide(
            cluster, criteria, dispatch.event_definition, channel
        )
        if instead_of:
            elsewhere = NotificationLog._base_manager.filter(
                dispatch=dispatch, recipient=OuterRef("pk"), channel__in=instead_of
            ).exclude(status__in=NOT_REACHED)
            people = people.filter(~Exists(elsewhere))
        offered = {each.language: each.pk for each in contents}
        content = key_by_language(offered, cluster.language)
        self._people = people.annotate(content=content).order_by()
        self._ready: Sql | None = None

    def between(self, after: int, to: int) -> Sql:
        """Those with keys after the one and up to the other."""
        if self._ready is None:
            self._ready = self._written(Q(pk__gt=AFTER, pk__lte=TO))
        sql, params = self._ready
        keys = {AFTER: after, TO: to}
        return sql, tuple(
            keys.get(each, each) if type(each) is int else each for each in params
        )

    def among(self, keys: tuple[int, ...]) -> Sql:
        """Those with just these keys."""
        return self._written(Q(pk__in=keys))

    def _written(self, these: Q) -> Sql:
        chosen = self._people.filter(these).values_list(
            "pk",
            "name",
            "unit",
            "address",
            "address_fingerprint",
            "verdict",
            "content",
        )
        sql, params = chosen.query.sql_with_params()
        return sql, tuple(params)
