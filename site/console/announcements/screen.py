"""What stands in the composer: kept exactly, whatever becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import QueryDict

from console.messages import ways
from console.messages.words import Words, main_in
from notifications.actions import announcements
from notifications.actions.announcements import Draft
from notifications.actions.wordings import stored as as_rows
from notifications.audience import Criteria
from notifications.composing import Problem
from notifications.models import Announcement, Cluster, MessageTemplate

from .audience import criteria_from
from .beginning import not_sent, starting, stored_words, translations
from .forms import MessageForm, PageForm, WhenForm, page_of, times_in, times_of


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
    words: Words
    criteria: Criteria
    when: WhenForm
    public: PageForm
    template: MessageTemplate | None = None
    template_version: int | None = None

    @classmethod
    def fresh(cls, cluster: Cluster, draft: Draft, when: QueryDict) -> Screen:
        """An announcement that nobody has saved."""
        message = MessageForm(initial=starting(draft))
        return cls(
            cluster=cluster,
            announcement=None,
            uid=uuid4(),
            version=1,
            message=message,
            words=Words.showing(
                cluster,
                draft.language or cluster.language,
                message,
                draft.translations,
            ),
            criteria=draft.criteria,
            when=WhenForm(cluster, initial=times_in(when)),
            public=PageForm(cluster, initial=page_of(None, cluster)),
            template=draft.template,
            template_version=draft.template_version,
        )

    @classmethod
    def of(cls, announcement: Announcement, when: QueryDict) -> Screen:
        """A saved draft as it is now, with the times of an address before its own."""
        stored = announcement
        times = times_of(stored) | times_in(when)
        message = MessageForm(initial=stored_words(stored))
        return cls(
            cluster=stored.cluster,
            announcement=stored,
            uid=stored.uid,
            version=stored.version,
            message=message,
            words=Words.showing(
                stored.cluster,
                stored.language,
                message,
                translations(stored),
                tab=when.get("tab", ""),
            ),
            criteria=Criteria.from_json(stored.audience),
            when=WhenForm(stored.cluster, initial=times),
            public=PageForm(stored.cluster, initial=page_of(stored, stored.cluster)),
            template=stored.template,
            template_version=stored.template_version,
        )

    @classmethod
    def posted(
        cls, cluster: Cluster, data: QueryDict, announcement: Announcement | None
    ) -> Screen:
        """What somebody sent, valid or not."""
        template = _template(data.get("template", ""))
        version = _version(template, data.get("template_version", ""))
        stored = announcement
        language = stored.language if stored else main_in(data, cluster.language)
        unsent, others = not_sent(stored, template, version, language)
        message = MessageForm(data, initial=unsent)
        return cls(
            cluster=cluster,
            announcement=announcement,
            uid=announcement.uid if announcement else uid_in(data),
            version=whole_number(data, "version"),
            message=message,
            words=Words.posted(cluster, language, message, data, others),
            criteria=criteria_from(data),
            when=WhenForm(cluster, data),
            public=PageForm(cluster, data),
            template=template,
            template_version=version,
        )

    @property
    def is_valid(self) -> bool:
        forms = (self.words, self.when, self.public)
        return all(each.is_valid() for each in forms)

    @property
    def ways(self) -> str:
        """The choice of channels that stands on the screen."""
        return ways.key_of(*self.message.typed_ways)

    @property
    def channels(self) -> tuple[str, ...]:
        return self.message.typed_ways[0]

    @property
    def found(self) -> list[Problem]:
        """What is wrong with the words."""
        return self.words.found(self.channels)

    @property
    def draft(self) -> Draft:
        """Words, audience and times, as the actions take them."""
        said = self.message.wording
        channels, mode = self.message.typed_ways
        return Draft(
            subject=said.subject,
            body=list(said.blocks),
            sms=said.sms,
            language=self.words.language,
            translations=self.words.translations,
            channels=channels,
            channel_mode=mode,
            event=self.message.typed_event,
            criteria=self.criteria,
            template=self.template,
            template_version=self.template_version if self.template else None,
            send_at_wall=self.when.wall,
            not_after_wall=self.when.until,
            public_until_wall=self.public.until,
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
            sms=draft.sms,
            language=draft.language,
            translations=as_rows(draft.translations),
            channels=list(draft.channels),
            channel_mode=draft.channel_mode,
            audience=draft.criteria.to_json(),
        )

    def take_words_of(self, template: MessageTemplate) -> None:
        """Put the words of a template in the place of these; the rest stays."""
        language = self.words.language
        draft = announcements.draft_from_template(template, language)
        chosen = self.message["ways"].value()
        self.message = MessageForm(initial=starting(draft) | {"ways": chosen})
        self.words = Words.showing(
            self.cluster, language, self.message, draft.translations
        )
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
