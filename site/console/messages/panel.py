"""The editor and the live preview: what a page needs to show them.

``templates/console/messages/parts/`` has the pieces to include.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.translation import gettext as _

from console.messages.frames import framed
from notifications.actions.previews import Preview, preview, somebody
from notifications.composing import menu
from notifications.models import Cluster, Recipient

#: For words that stay as they are.
reading = Media(
    css={"all": ["console/editor.css"]},
    js=["console/preview-as.js", "console/preview.js"],
)
#: For words that are being written.
media = Media(js=["console/placeholders.js", "console/editor.js"]) + reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A preview frame and where it gets its words from.

    ``url`` is asked again and again: with what was typed in the form ``form_id``, or,
    without one, for words that stay as they are. ``shown`` is what it begins with.
    """

    url: str
    people_url: str
    form_id: str
    person: Recipient | None
    sender: str
    shown: Mapping[str, Any]
    placeholders: tuple[Mapping[str, str], ...]


def panel_for(
    request: Any,
    subject: str,
    blocks: list[dict[str, Any]],
    *,
    url: str = "",
    form_id: str = "page-form",
    first: Recipient | None = None,
) -> Panel:
    """The panel for words; ``url`` and no ``form_id`` for words that are not edited.

    ``first`` is whose eyes it begins with, where nobody was chosen.
    """
    cluster = request.cluster
    chosen = person_of(cluster, request.POST.get("as", ""))
    person = chosen or first or somebody(cluster)
    return Panel(
        url=url or reverse("messages:preview"),
        people_url=reverse("messages:people"),
        form_id=form_id,
        person=person,
        sender=f"{cluster.sender_name} <{cluster.sender_email}>",
        shown=as_json(preview(cluster, subject, blocks, person)),
        placeholders=tuple(
            {"name": name, "label": str(label)} for name, label in menu().items()
        ),
    )


def person_of(cluster: Cluster, key: str) -> Recipient | None:
    """Somebody of this cluster by key; None for anybody else's and for nonsense."""
    if not key.isdecimal() or len(key) > 18:
        return None
    people = Recipient.objects.filter(cluster=cluster).select_related("zone")
    return people.present().filter(pk=int(key)).first()


def as_json(made: Preview) -> dict[str, Any]:
    """A preview for the script that shows it."""
    return {
        "subject": made.subject,
        "html": framed(made.html),
        "text": made.text,
        "to_name": made.to_name,
        "to_address": made.to_address or str(_("no email address")),
        "missing": list(made.missing),
        "problems": [
            {
                "sentence": str(problem.sentence),
                "where": str(problem.where),
                "block": problem.block,
                "field": "subject" if problem.where == _("Subject") else "body",
                "name": problem.name,
                "suggestion": problem.suggestion,
            }
            for problem in made.problems
        ],
    }
