"""What an approver says yes to: this very message, in all its languages."""

from __future__ import annotations

import json
from hashlib import sha256

from django.utils.translation import gettext as _

from notifications.actions.wordings import wordings_of
from notifications.audience import Criteria
from notifications.errors import Refused
from notifications.models import Announcement

#: All that is bound beside the words and the audience.
BOUND = ("cluster_id", "event", "language", "channels", "channel_mode")


def binding(announcement: Announcement) -> str:
    """The hash of words, ways, audience and page of notices, as they were submitted."""
    parts = {name: getattr(announcement, name) for name in BOUND}
    until = announcement.public_until
    parts["public_until"] = until and until.isoformat()
    words = wordings_of(announcement)
    parts["words"] = {code: each.to_json() for code, each in words.items()}
    parts["audience"] = Criteria.from_json(announcement.audience).to_json()
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def require_bound(announcement: Announcement) -> None:
    """Refuse what is not, word for word, what was submitted to a second person."""
    submitted = announcement.submitted_by_id is not None
    if submitted and announcement.bound != binding(announcement):
        raise Refused(
            _(
                "It is not what was submitted any more, so no approval holds for it. "
                "Copy it, and submit the copy."
            )
        )
