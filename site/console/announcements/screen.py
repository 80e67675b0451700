"""What stands in the composer: kept exactly, whatever becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import QueryDict

from console.messages.forms import starting_words
from notifications.actions import announcements
from notifications.actions.announcements import Draft
from notifications.audience import Criteria
from notifications.models import Announcement, Cluster, MessageTemplate

from .audience import criteria_from
from .forms import MessageForm, WhenForm, times_in, times_of


@dataclass
class Screen:
    """The three parts of the composer, with what they belong to.

    ``announcement`` is None until it has been saved once; ``version`` is the one
    that the person saw.
    """

    cluster: Cluster
    announcement: Announcement | None
    uid: UUID
    version: int
    message: MessageForm
    criteria: Criteria
    when: WhenForm
    template: MessageTemplate | None = None
    template_version: int | None = None

    @classmethod
    def fresh(cls, cluster: Cluster, draft: Draft, when: QueryDict) -> Screen:
        """An announcement that nobody has saved."""
        return cls(
            cluster=cluster,
            announcement=None,
            uid=uuid4(),
            version=1,
            message=_initial(
                draft.event, draft.subject, draft.body or starting_words(None)["body"]
            ),
            criteria=draft.criteria,
            when=WhenForm(cluster, initial=times_in(when)),
            template=draft.template,
            template_version=draft.template_version,
        )

    @classmethod
    def of(cls, announcement: Announcement, when: QueryDict) -> Screen:
        """A saved draft as it is now, with the times of an address before its own."""
        stored = announcement
        times = times_of(stored) | times_in(when)
        return cls(
            cluster=stored.cluster,
            announcement=stored,
            uid=stored.uid,
            version=stored.version,
            message=_initial(stored.event, stored.subject, stored.body),
            criteria=Criteria.from_json(stored.audience),
            when=WhenForm(stored.cluster, initial=times),
            template=stored.template,
            template_version=stored.template_version,
        )

    @classmethod
    def posted(
        cls, cluster: Cluster, data: QueryDict, announcement: Announcement | None
    ) -> Screen:
        """What somebody sent, valid or not."""
        template = _template(data.get("template", ""))
        return cls(
            cluster=cluster,
            announcement=announcement,
            uid=announcement.uid if announcement else uid_in(data),
            version=whole_number(data, "version"),
            message=MessageForm(data),
            criteria=criteria_from(data),
            when=WhenForm(cluster, data),
            template=template,
            template_version=_version(template, data.get("template_version", "")),
        )

    @property
    def is_valid(self) -> bool:
        return self.message.is_valid() and self.when.is_valid()

    @property
    def draft(self) -> Draft:
        """Words, audience and times, as the actions take them."""
        return Draft(
            subject=self.message.typed_subject[:200],
            body=self.message.typed_blocks,
            event=self.message.typed_event,
            criteria=self.criteria,
            template=self.template,
            template_version=self.template_version if self.template else None,
            send_at_wall=self.when.wall,
            not_after_wall=self.when.until,
        )

    def save(self, *, by: Any) -> Announcement:
        """Store it, unless somebody else stored it meanwhile."""
        if self.announcement is None:
            made = announcements.create_draft(
                self.cluster, self.draft, by=by, uid=self.uid
            )
        else:
            made = announcements.save_draft(
                self.announcement, self.draft, by=by, version=self.version
            )
        self.announcement, self.uid, self.version = made, made.uid, made.version
        return made

    def as_announcement(self) -> Announcement:
        """The announcement that this would be; not stored, only for looking at."""
        draft = self.draft
        return Announcement(
            cluster=self.cluster,
            event=draft.event,
            subject=draft.subject,
            body=draft.body,
            audience=draft.criteria.to_json(),
        )

    def take_words_of(self, template: MessageTemplate) -> None:
        """Put the words of a template in the place of these; the rest stays."""
        self.message = _initial(template.event, template.subject, template.body)
        self.template, self.template_version = template, template.version


def usable_templates() -> Any:
    """The templates to start from: this cluster's own, and the system's."""
    return MessageTemplate.objects.filter(archived_at=None).order_by("name")


def _template(key: str) -> MessageTemplate | None:
    number = _number(key)
    if number is None:
        return None
    found: MessageTemplate | None = MessageTemplate.objects.filter(pk=number).first()
    return found


def _version(template: MessageTemplate | None, given: str) -> int | None:
    """A version that this template has had; None for any other."""
    number = _number(given)
    if template is None or number is None or not 0 < number <= template.version:
        return None
    return number


def _initial(event: str, subject: str, body: Any) -> MessageForm:
    return MessageForm(initial={"event": event, "subject": subject, "body": body})


def uid_in(data: QueryDict) -> UUID:
    try:
        return UUID(data.get("uid", ""))
    except ValueError:
        raise BadRequest("there is no uid") from None


def whole_number(data: QueryDict, name: str) -> int:
    """A number that our own page put there; raises BadRequest without it."""
    number = _number(data.get(name, ""))
    if number is None:
        raise BadRequest(f"there is no {name}")
    return number


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 19 else None
