"""What a template said before: every version, and one of them taken up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from notifications.composing.wordings import Wording
from notifications.errors import Refused
from notifications.models import MessageTemplate

from .writing import save


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One saved state of a template, by whom and when.

    ``wordings`` are all its words, the main language first. ``move`` is "" for new
    words; "archived" or "restored" where the words stayed the same and only the
    template's place among the choices changed.
    """

    number: int
    name: str
    event: str
    wordings: Mapping[str, Wording]
    saved_at: datetime
    saved_by: Any
    move: str = ""

    @property
    def main(self) -> Wording:
        """Its words in the main language."""
        return next(iter(self.wordings.values()))


def versions(template: MessageTemplate) -> list[Version]:
    """All saved states, the newest first."""
    found: list[Version] = []
    was_archived = False
    revisions = template.revisions.select_related("user").order_by("created_at", "pk")
    for revision in revisions:
        archived = bool(revision.content["archived_at"])
        move = ""
        if found and found[-1].number == revision.content["version"]:
            move = "archived" if archived else "restored"
        if not move or archived != was_archived:
            found.append(_version(revision, move))
        was_archived = archived
    return found[::-1]


def version_of(template: MessageTemplate, number: int) -> Version | None:
    """The words of one version, or None where there is no such version."""
    for version in versions(template):
        if version.number == number and not version.move:
            return version
    return None


def restore_version(
    template: MessageTemplate, number: int, *, seen_version: int, by: Any
) -> MessageTemplate:
    """Save the words of an earlier version as the newest one.

    Raises InvalidTemplate where they would not be accepted any more.
    """
    version = version_of(template, number)
    if version is None:
        raise Refused(_("There is no such version. Choose one from the list."))
    words = version.main
    others = list(version.wordings.items())[1:]
    return save(
        template,
        name=version.name,
        event=version.event,
        subject=words.subject,
        body=list(words.blocks),
        sms=words.sms,
        translations=dict(others),
        seen_version=seen_version,
        by=by,
    )


def _version(revision: Any, move: str) -> Version:
    content = revision.content
    blocks = tuple(json.loads(content["body"]))
    main = Wording(content["subject"], blocks, content["sms"])
    others = {
        language: Wording.from_json(given)
        for language, given in sorted(content["translations"].items())
    }
    return Version(
        number=content["version"],
        name=content["name"],
        event=content["event"],
        wordings={content["language"]: main} | others,
        saved_at=revision.created_at,
        saved_by=revision.user,
        move=move,
    )
