"""What can be done with many people at once: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console import areas
from console.forms import ReasonForm
from console.opt_outs.forms import OptOutForm
from notifications.actions import opt_outs, recipients
from notifications.models import Cluster

from .forms import MoveForm, TagsForm, UntagForm

Words = str | Promise
#: (cluster, keys, filled form, user) → how many it changed.
Run = Callable[[Cluster, list[int], Any, Any], int]


@dataclass(frozen=True, slots=True)
class Bulk:
    """One thing to do; ``title`` and ``done`` take ``people`` ("12 people")."""

    name: str
    verb: Words
    title: Words
    question: Words
    done: Words
    form: Callable[..., forms.Form]
    run: Run
    danger: bool = False


def _plain(form: type[forms.Form]) -> Callable[..., forms.Form]:
    """A form that does not ask which cluster it is in."""
    return lambda cluster, *args, **kwargs: form(*args, **kwargs)


def _opt_out(cluster: Cluster, keys: list[int], form: Any, by: Any) -> int:
    return opt_outs.record_all(cluster, keys, form.wish(cluster), by=by)


TAG = Bulk(
    name="tag",
    verb=_("Tag"),
    title=_("Tag %(people)s"),
    question=_("They keep the tags that they have."),
    done=_("Tagged %(people)s."),
    form=TagsForm,
    run=lambda cluster, keys, form, by: recipients.tag(
        cluster, keys, form.names, by=by
    ),
)
UNTAG = Bulk(
    name="untag",
    verb=_("Untag"),
    title=_("Take tags off %(people)s"),
    question=_("Who does not have a tag stays as they are."),
    done=_("Took tags off %(people)s."),
    form=UntagForm,
    run=lambda cluster, keys, form, by: recipients.untag(
        cluster, keys, form.cleaned_data["tags"], by=by
    ),
)
MOVE = Bulk(
    name="move",
    verb=_("Move"),
    title=_("Move %(people)s to another zone"),
    question=_("Each person is in one zone, and so in all that it lies in."),
    done=_("Moved %(people)s."),
    form=MoveForm,
    run=lambda cluster, keys, form, by: recipients.move(
        cluster, keys, form.cleaned_data["zone"], by=by
    ),
)
OPT_OUT = Bulk(
    name="opt-out",
    verb=_("Opt out"),
    title=_("Opt %(people)s out"),
    question=_(
        "What they refuse is taken out of everything that is planned, at once. "
        "Lifting it is done person by person."
    ),
    done=_("Opted %(people)s out."),
    form=_plain(OptOutForm),
    run=_opt_out,
    danger=True,
)
ARCHIVE = Bulk(
    name="archive",
    verb=_("Archive"),
    title=_("Archive %(people)s"),
    question=_(
        "They get nothing more, and what is planned for them is skipped. The log and "
        "their opt-outs stay. You can restore them."
    ),
    done=_("Archived %(people)s."),
    form=_plain(ReasonForm),
    run=lambda cluster, keys, form, by: recipients.archive(
        cluster, keys, by=by, reason=form.cleaned_data["reason"]
    ),
    danger=True,
)
RESTORE = Bulk(
    name="restore",
    verb=_("Restore"),
    title=_("Restore %(people)s"),
    question=_("From now on they are in every audience that means them."),
    done=_("Restored %(people)s."),
    form=_plain(ReasonForm),
    run=lambda cluster, keys, form, by: recipients.restore(
        cluster, keys, by=by, reason=form.cleaned_data["reason"]
    ),
)

ACTIONS = {bulk.name: bulk for bulk in (TAG, UNTAG, MOVE, OPT_OUT, ARCHIVE, RESTORE)}


def offered(request: Any, *, archived: bool) -> list[Bulk]:
    """What this member may do with the people in the list."""
    if not areas.may(request, "people:bulk", "POST"):
        return []
    return [RESTORE] if archived else [TAG, UNTAG, MOVE, OPT_OUT, ARCHIVE]
