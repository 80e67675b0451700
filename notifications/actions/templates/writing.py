"""Making templates, changing them, and taking them out of the choices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from notifications import events
from notifications.actions.guards import require_role
from notifications.actions.wordings import (
    check_languages,
    in_main,
    stored,
    wordings_of,
)
from notifications.composing import PLACEHOLDERS, InvalidTemplate, Problem
from notifications.composing.wordings import (
    Wording,
    Wordings,
    channels_of,
    check_wordings,
)
from notifications.errors import Refused
from notifications.models import Cluster, MessageTemplate, Role

from .recording import record, save_version

LONGEST_NAME = 120


NONE: Mapping[str, Wording] = MappingProxyType({})


def problems(wordings: Wordings) -> list[Problem]:
    """What keeps these words from being saved, each in a sentence with its place."""
    return check_wordings(wordings, channels_of(wordings), PLACEHOLDERS)


def create(
    cluster: Cluster,
    *,
    name: str,
    event: str,
    subject: str,
    body: Any,
    sms: str = "",
    language: str = "",
    translations: Mapping[str, Wording] = NONE,
    by: Any,
) -> MessageTemplate:
    """Make a template of a cluster's own; its first version is 1.

    ``body`` is a stream value, or its raw list of blocks, in the main ``language``: ""
    is the cluster's. ``translations`` are in others. Raises InvalidTemplate.
    """
    require_role(by, cluster, Role.AUTHOR)
    template = MessageTemplate(
        cluster=cluster,
        name=name,
        slug=_free_slug(cluster, name),
        event=event,
        language=language or cluster.language,
        subject=subject,
        body=body,
        sms=sms,
        translations=stored(translations),
    )
    _check(template)
    return save_version(template, by)


def save(
    template: MessageTemplate,
    *,
    name: str,
    event: str,
    subject: str,
    body: Any,
    sms: str = "",
    translations: Mapping[str, Wording] = NONE,
    seen_version: int,
    by: Any,
) -> MessageTemplate:
    """Save changed words as the next version; the same words make none.

    ``seen_version`` is the version that the person was editing: when somebody else
    has saved since, nothing is written and the sentence says so. Raises
    InvalidTemplate.
    """
    require_own(template, by)
    with transaction.atomic():
        _hold(template, seen_version)
        before = words_of(template)
        template.version, template.archived_at = seen_version, None
        template.name, template.event = name, event
        template.subject, template.body, template.sms = subject, body, sms
        template.translations = stored(translations)
        _check(template)
        if words_of(template) == before:
            return template
        return save_version(template, by)


def copy(template: MessageTemplate, cluster: Cluster, *, by: Any) -> MessageTemplate:
    """Make a cluster's own template from a system one, or from another of its own."""
    if template.cluster_id not in (None, cluster.pk):
        raise Refused(_("That template is not here. Choose one from the list."))
    found = in_main(wordings_of(template), cluster.language)
    if found[cluster.language].is_empty:
        found = wordings_of(template)
    (language, words), *others = found.items()
    return create(
        cluster,
        name=_free_name(cluster, template.name),
        event=template.event,
        subject=words.subject,
        body=list(words.blocks),
        sms=words.sms,
        language=language,
        translations=dict(others),
        by=by,
    )


def archive(template: MessageTemplate, *, by: Any) -> None:
    """Take a template out of the choices; what was sent from it stays as it was."""
    require_own(template, by)
    _put(template, timezone.now(), by)


def restore(template: MessageTemplate, *, by: Any) -> None:
    """Put an archived template back among the choices."""
    require_own(template, by)
    _put(template, None, by)


def require_own(template: MessageTemplate, by: Any) -> None:
    """Raise Refused for the system's templates, NotAllowed for who may not write."""
    if template.cluster is None:
        raise Refused(
            _("This template belongs to the system. Make a copy and change that.")
        )
    require_role(by, template.cluster, Role.AUTHOR)


def words_of(template: MessageTemplate) -> tuple[Any, ...]:
    """All that a version is about, for comparing two."""
    said = [
        (
            language,
            each.subject,
            [(block["type"], block["value"]) for block in each.blocks],
            each.sms,
        )
        for language, each in wordings_of(template).items()
    ]
    return template.name, template.event, said


def _put(template: MessageTemplate, archived_at: Any, by: Any) -> None:
    with transaction.atomic():
        same = MessageTemplate.objects.select_for_update().get(pk=template.pk)
        if (same.archived_at is None) != (archived_at is None):
            same.archived_at = archived_at
            record(same, by)
    template.archived_at = same.archived_at


def _hold(template: MessageTemplate, seen_version: int) -> None:
    """Lock the row as long as it is still the one that was being edited."""
    same = MessageTemplate.objects.filter(pk=template.pk, version=seen_version)
    if same.filter(archived_at=None).update(version=F("version")):
        return
    if same.exists():
        raise Refused(
            _(
                "This template was archived while you were writing, so yours was not "
                "saved. Put it back into use in another tab, then save again."
            )
        )
    newer = MessageTemplate.objects.get(pk=template.pk)
    who = newer.latest_revision.user if newer.latest_revision else None
    raise Refused(
        _(
            "%(who)s saved version %(number)d while you were writing, so yours was not "
            "saved. Your words are still on this page: open the template in another "
            "tab, and carry over what you want to keep."
        )
        % {"who": who or _("Somebody else"), "number": newer.version}
    )


def _check(template: MessageTemplate) -> None:
    if not template.name.strip():
        raise Refused(_("The template has no name. Write what it is for."))
    if template.event not in {event.name for event in events.ANNOUNCEABLE}:
        raise Refused(_("Choose what kind of message this is."))
    check_languages([template.language, *template.translations])
    if found := problems(wordings_of(template)):
        raise InvalidTemplate(found)


def _free_name(cluster: Cluster, wanted: str) -> str:
    taken = set(
        MessageTemplate.objects.filter(cluster=cluster).values_list("name", flat=True)
    )
    name, number = wanted, 1
    while name in taken:
        number += 1
        ending = _(" (copy %(number)d)") % {"number": number}
        name = wanted[: LONGEST_NAME - len(ending)] + ending
    return name


def _free_slug(cluster: Cluster, name: str) -> str:
    base = slugify(name)[:100] or "template"
    taken = set(
        MessageTemplate.objects.filter(
            cluster=cluster, slug__startswith=base
        ).values_list("slug", flat=True)
    )
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
