"""Writing an announcement: nothing here reaches anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import events
from notifications.actions.guards import require_role
from notifications.actions.wordings import (
    check_channels,
    check_languages,
    in_main,
    stored,
    wordings_of,
)
from notifications.audience import Criteria
from notifications.composing.titles import title_of
from notifications.composing.wordings import Wording
from notifications.errors import MoveRefused, Refused
from notifications.events import ChannelKind, ChannelMode
from notifications.lifecycle import AnnouncementStatus
from notifications.models import (
    Announcement,
    Cluster,
    MessageTemplate,
    Recipient,
    Role,
    Tag,
    Zone,
)
from notifications.models.moves import change_if_unchanged

from .walltime import kept, moment

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that staff write. ``body`` is a stream value, or its raw list of blocks.

    ``subject``, ``body`` and ``sms`` are in the main ``language``: "" is the cluster's,
    or the one that it has. The times are those on the cluster's walls. A draft with a
    time stays a draft.
    """

    subject: str = ""
    body: Any = field(default_factory=list)
    sms: str = ""
    language: str = ""
    translations: Mapping[str, Wording] = field(default_factory=dict)
    channels: tuple[str, ...] = (ChannelKind.EMAIL.value,)
    channel_mode: str = ChannelMode.EVERY.value
    event: str = events.ANNOUNCEMENT_POSTED.name
    criteria: Criteria = field(default_factory=Criteria)
    template: MessageTemplate | None = None
    template_version: int | None = None
    send_at_wall: datetime | None = None
    not_after_wall: datetime | None = None
    public_until_wall: datetime | None = None


def draft_from_template(template: MessageTemplate, language: str = "") -> Draft:
    """The words of a template in all its languages, to start from.

    The main words are in ``language``, the cluster's: empty where it does not speak it.
    """
    wordings = in_main(wordings_of(template), language or template.language)
    main, *others = wordings
    return Draft(
        subject=wordings[main].subject,
        body=list(wordings[main].blocks),
        sms=wordings[main].sms,
        language=main,
        translations={code: wordings[code] for code in others},
        event=template.event,
        template=template,
        template_version=template.version,
    )


def create_draft(
    cluster: Cluster,
    draft: Draft | None = None,
    *,
    by: Any,
    uid: UUID | None = None,
) -> Announcement:
    """A new announcement that only staff see.

    ``uid`` was given to the page on which it is written, so that sending the page
    twice cannot make two. One that is taken elsewhere is replaced by a fresh one.
    """
    require_role(by, cluster, Role.AUTHOR)
    given = _spoken(draft or Draft(), cluster.language)
    _check(cluster, given)
    try:
        with transaction.atomic():
            return _made(cluster, given, by, uid)
    except IntegrityError:
        if uid is None:
            raise
    # A second press was a moment faster: this one changes what it made.
    twin = Announcement.objects.filter(cluster=cluster, uid=uid).first()
    if twin is None:
        return _made(cluster, given, by, None)
    return save_draft(twin, given, by=by, version=FIRST_VERSION)


def _spoken(draft: Draft, language: str) -> Draft:
    """The same with its main language said, which is no translation beside."""
    main = draft.language or language
    others = {code: each for code, each in draft.translations.items() if code != main}
    return replace(draft, language=main, translations=others)


def _made(cluster: Cluster, given: Draft, by: Any, uid: UUID | None) -> Announcement:
    announcement = Announcement(
        cluster=cluster, created_by=by, last_edited_by=by, **_fields(cluster, given)
    )
    if uid is not None:
        announcement.uid = uid
    announcement._change_reason = "Draft made"  # type: ignore[attr-defined]
    announcement.save()
    return announcement


def save_draft(
    announcement: Announcement, draft: Draft, *, by: Any, version: int
) -> Announcement:
    """Write the changes to a draft that is still at ``version``, as its editor saw it.

    Raises MoveRefused where it is a draft no more, or somebody else saved meanwhile.
    """
    require_role(by, announcement.cluster, Role.AUTHOR)
    if announcement.status != AnnouncementStatus.DRAFT:
        raise MoveRefused(
            _(
                "This announcement is no draft any more, so it was not changed. "
                "Take it back to a draft first, or copy it."
            )
        )
    if announcement.version != version:
        raise MoveRefused(
            _(
                "%(who)s saved this draft after you opened it, so yours was not saved. "
                "Keep your words, reload the page, and put them in again."
            )
            % {"who": announcement.last_edited_by}
        )
    given = _spoken(draft, announcement.language)
    _check(announcement.cluster, given)
    with transaction.atomic():
        change_if_unchanged(
            announcement,
            "Draft saved",
            last_edited_by=by,
            updated_at=timezone.now(),
            **_fields(announcement.cluster, given),
        )
    return announcement


def copy(announcement: Announcement, *, by: Any) -> Announcement:
    """A new draft with the same words, channels and audience."""
    _main, *others = wordings_of(announcement).items()
    same = Draft(
        subject=announcement.subject,
        body=announcement.body,
        sms=announcement.sms,
        language=announcement.language,
        translations=dict(others),
        channels=tuple(announcement.channels),
        channel_mode=announcement.channel_mode,
        event=announcement.event,
        criteria=Criteria.from_json(announcement.audience),
        template=announcement.template,
        template_version=announcement.template_version,
    )
    return create_draft(announcement.cluster, same, by=by)


def _fields(cluster: Cluster, draft: Draft) -> dict[str, Any]:
    same_for_all = {"cluster": cluster.name, "sender_name": cluster.sender_name}
    # A text message has no subject: its first line is what lists call it.
    called = draft.subject.strip() or draft.sms.strip().partition("\n")[0]
    return {
        "subject": draft.subject,
        "title": title_of(called, same_for_all)[:200],
        "body": draft.body,
        "sms": draft.sms,
        "language": draft.language,
        "translations": stored(draft.translations),
        "channels": [str(each) for each in draft.channels],
        "channel_mode": str(draft.channel_mode),
        "event": draft.event,
        "audience": draft.criteria.to_json(),
        "template": draft.template,
        "template_version": draft.template_version,
        **_times(cluster.time_zone, draft),
    }


def _times(time_zone: str, draft: Draft) -> dict[str, Any]:
    at, until = draft.send_at_wall, draft.not_after_wall
    public = draft.public_until_wall
    return {
        "public_until": moment(public, time_zone) if public else None,
        "send_at": moment(at, time_zone) if at else None,
        "send_at_wall": kept(at) if at else None,
        "not_after": moment(until, time_zone) if until else None,
        "time_zone": time_zone if at or until else "",
    }


def _check(cluster: Cluster, draft: Draft) -> None:
    """Refuse what belongs to another cluster, or is nowhere."""
    check_languages([*draft.translations, draft.language])
    check_channels(draft.channels, draft.channel_mode)
    if draft.event not in {event.name for event in events.ANNOUNCEABLE}:
        raise Refused(_("Choose what kind of message this is."))
    template = draft.template
    if template is not None and template.cluster_id not in (None, cluster.pk):
        raise Refused(_("Choose a template of this cluster."))
    criteria = draft.criteria
    wanted = {
        Zone: {*criteria.zones, *criteria.exclude_zones},
        Tag: {*criteria.tags, *criteria.exclude_tags},
        Recipient: set(criteria.exclude_recipients),
    }
    for model, ids in wanted.items():
        found = model._default_manager.filter(cluster_id=cluster.pk, pk__in=ids)
        if found.count() != len(ids):
            raise Refused(
                _(
                    "The audience names something that is not in this cluster any "
                    "more. Choose the audience again."
                )
            )
