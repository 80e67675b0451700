"""The editor and the live preview: what a page needs to show them.

``templates/console/messages/parts/`` has the pieces to include.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Media
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from console.messages.frames import framed
from notifications.actions.previews import Preview, TextPreview, somebody
from notifications.actions.reading import Reading, read_as
from notifications.composing import Problem, menu
from notifications.composing.wordings import Wordings
from notifications.languages import language_name
from notifications.models import Cluster, Recipient

from .words import states_of

#: For words that stay as they are.
reading = Media(
    css={"all": ["console/editor.css"]},
    js=["console/preview-as.js", "console/preview.js"],
)
#: For words that are being written.
media = (
    Media(js=["console/placeholders.js", "console/editor.js", "console/languages.js"])
    + reading
)


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
    sender_name: str
    languages: tuple[tuple[str, str], ...]
    shown: Mapping[str, Any]
    placeholders: tuple[Mapping[str, str], ...]


def panel_for(
    request: Any,
    wordings: Wordings,
    channels: tuple[str, ...],
    *,
    url: str = "",
    form_id: str = "page-form",
    first: Recipient | None = None,
    languages: Iterable[str] = (),
) -> Panel:
    """The panel for words; ``url`` and no ``form_id`` for words that are not edited.

    ``first`` is whose eyes it begins with, where nobody was chosen; ``languages`` those
    that can be looked at, all that are written where none are said.
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
        sender_name=cluster.sender_name,
        languages=tuple((code, language_name(code)) for code in languages or wordings),
        shown=answer_for(cluster, wordings, channels, person, "", languages),
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


def answer_for(
    cluster: Cluster,
    wordings: Wordings,
    channels: tuple[str, ...],
    person: Recipient | None,
    language: str,
    languages: Iterable[str] = (),
) -> dict[str, Any]:
    """What the script shows: the words as this person would get them."""
    made = read_as(cluster, wordings, channels, person, language)
    return as_json(made) | {
        "channels": list(channels),
        "states": states_of(wordings, languages or wordings, channels),
    }


def as_json(made: Reading) -> dict[str, Any]:
    """A preview for the script that shows it."""
    parts = [each for each in (made.mail, made.text) if each is not None]
    missing = [sentence for part in parts for sentence in part.missing]
    return _mail(made.mail) | {
        "sms": _text(made.text),
        "language": made.language,
        "note": made.note,
        "missing": list(dict.fromkeys(missing)),
        "problems": [problem_json(each) for each in made.problems],
    }


def _mail(mail: Preview | None) -> dict[str, str]:
    if mail is None:
        return dict.fromkeys(("subject", "html", "text", "to_name", "to_address"), "")
    return {
        "subject": mail.subject,
        "html": framed(mail.html),
        "text": mail.text,
        "to_name": mail.to_name,
        "to_address": mail.to_address or str(_("no email address")),
    }


def _text(text: TextPreview | None) -> dict[str, str] | None:
    if text is None:
        return None
    segments = render_to_string(
        "console/components/segments.html", {"measure": text.size}
    )
    return {
        "text": text.text,
        "language": text.language,
        "to_address": text.to_address or str(_("no phone number")),
        "segments": segments,
    }


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem for the script that puts it at its place."""
    fields = {_("Subject"): "subject", _("Text message"): "sms"}
    return {
        "sentence": str(problem.sentence),
        "where": str(problem.where),
        "language": problem.language,
        "block": problem.block,
        "field": fields.get(problem.where, "body"),
        "name": problem.name,
        "suggestion": problem.suggestion,
    }
