"""Lean, append-only history: what moved, who moved it, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.dispatch import receiver
from django.utils import timezone
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from notifications.actors import ActorKind, current_actor
from notifications.scope import OwnKeyManager, ScopedManager, scoped


class LeanHistory(models.Model):
    """What every history row has beside the fields it follows."""

    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_label = models.CharField(max_length=150, blank=True)

    objects = ScopedManager()

    class Meta:
        abstract = True


class OwnKeyHistory(models.Model):
    """The same for clusters themselves, whose own key is the scope's."""

    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_label = models.CharField(max_length=150, blank=True)

    objects = OwnKeyManager()

    class Meta:
        abstract = True


class ScopedHistoryManager(HistoryManager):
    """``Model.history``, narrowed to the scope in force."""

    def get_super_queryset(self) -> Any:
        return scoped(super().get_super_queryset(), self.model.objects.path)


def _user_of(record: Any) -> Any:
    return record.history_user_id


def _set_user(record: Any, user: Any) -> None:
    record.history_user_id = getattr(user, "pk", user)


def lean_history(
    *,
    leave_out: Sequence[str] = (),
    foreign_keys: Sequence[str] = (),
    base: Any = LeanHistory,
) -> HistoricalRecords:
    """Simple-history's records with 64-bit keys, text reasons and no spare indexes.

    ``leave_out`` names personal and bulky fields; ``foreign_keys`` those that are
    followed, so that none of them gets an index in the history table.
    """
    return HistoricalRecords(
        bases=[base],
        excluded_fields=list(leave_out),
        no_db_index=list(foreign_keys),
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.TextField(blank=True, default=""),
        history_user_id_field=models.BigIntegerField(null=True, blank=True),
        history_user_getter=_user_of,
        history_user_setter=_set_user,
        history_manager=ScopedHistoryManager,
        historical_queryset=HistoricalQuerySet,
    )


@receiver(pre_create_historical_record)
def name_the_actor(sender: Any, history_instance: Any, **kwargs: Any) -> None:
    """Put the actor in force on a row that simple-history is about to write."""
    actor = current_actor()
    history_instance.actor_kind = actor.kind
    history_instance.actor_label = actor.label[:150]
    history_instance.history_user_id = actor.id
    if history_instance.history_change_reason is None:
        history_instance.history_change_reason = ""


def write_history(
    instances: Iterable[models.Model], *, reason: str = "", type: str = "~"
) -> int:
    """Write one history row per instance, in bulk, in the running transaction.

    ``QuerySet.update()`` and ``bulk_*`` write none by themselves. ``type`` is ``+``
    for created, ``~`` for changed, ``-`` for deleted. An instance may carry its own
    ``_change_reason``. Returns the number of rows written.
    """
    rows = list(instances)
    if not rows:
        return 0
    actor, now = current_actor(), timezone.now()
    history: Any = rows[0].__class__.history  # type: ignore[attr-defined]
    model = history.model
    names = [field.attname for field in model.tracked_fields]
    model._base_manager.bulk_create(
        [
            model(
                history_date=now,
                history_type=type,
                history_change_reason=getattr(row, "_change_reason", None) or reason,
                history_user_id=actor.id,
                actor_kind=actor.kind,
                actor_label=actor.label[:150],
                **{name: getattr(row, name) for name in names},
            )
            for row in rows
        ],
        batch_size=500,
    )
    return len(rows)
