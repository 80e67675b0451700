"""The form that words are written in: of templates, and of whatever else has words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from draftjs_exporter.error import ExporterException
from wagtail.blocks import BlockField
from wagtail.blocks.base import BlockWidget

from notifications import events
from notifications.actions import templates
from notifications.actions.wordings import wordings_of
from notifications.blocks import EmailBody
from notifications.composing.wordings import Wording
from notifications.models import Cluster, MessageTemplate

MOST_BLOCKS = 60
LONGEST_SUBJECT, LONGEST_TEXT = 200, 1000
UNREADABLE = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    ExporterException,
)
CANNOT_BE_READ = gettext_lazy(
    "These words cannot be read: they did not arrive whole. "
    "Reload the page and write them again."
)

BLOCKS = EmailBody()

#: What a new message starts with: a text block that greets.
GREETING = [
    {
        "type": "text",
        "value": '<p>Dear <placeholder name="first_name">first_name</placeholder>,</p>'
        "<p></p>",
    }
]


class BodyWidget(BlockWidget):
    """Wagtail's block editor; what no browser of ours would send counts as no words."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if f"{name}-count" not in data:
            return None  # no script has shown the editor: nothing was changed in it
        try:
            return super().value_from_datadict(data, files, name)
        except UNREADABLE:
            empty = self.block_def.to_python([])
            empty.unreadable = True
            return empty


class BodyField(BlockField):
    """The blocks of a message, as they were typed.

    They are judged by composing alone, which knows every place: the editor's own
    checks would say the same things in other words. Where the editor did not run, they
    are what they were.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(block=BLOCKS, widget=BodyWidget(BLOCKS), **options)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return (initial or BLOCKS.to_python([])) if data is None else data

    def clean(self, value: Any) -> Any:
        if value is None:
            return None
        if is_unreadable(value):
            raise ValidationError(CANNOT_BE_READ, code="unreadable")
        if len(value) > MOST_BLOCKS:
            sentence = _("A message has at most %(most)d blocks. Take some out.")
            raise ValidationError(sentence % {"most": MOST_BLOCKS})
        return value


def is_unreadable(value: Any) -> bool:
    """Whether words were sent that nothing could be made of."""
    return getattr(value, "unreadable", False)


class WordsForm(forms.Form):
    """Subject, blocks and text message in one language: what preview and checks read.

    The other languages of a message have the same form, with their code as its prefix.
    """

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-words": "subject"}),
    )
    body = BodyField(label=gettext_lazy("Message"), required=False)
    sms = forms.CharField(
        label=gettext_lazy("Text message"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-words": "sms"}),
        help_text=gettext_lazy(
            "Words of its own, short: nothing is added to them. "
            "{{ unsubscribe_url }} is the way out, if you want one in it."
        ),
    )

    @property
    def typed_subject(self) -> str:
        return str(self["subject"].value() or "")

    @property
    def typed_blocks(self) -> list[dict[str, Any]]:
        """The raw blocks, as a StreamField stores them."""
        body = self["body"].value()
        if isinstance(body, list):
            body = BLOCKS.to_python(body)
        return list(BLOCKS.get_prep_value(body))

    @property
    def typed_sms(self) -> str:
        return str(self["sms"].value() or "").replace("\r\n", "\n").strip()

    @property
    def unreadable(self) -> bool:
        """Whether blocks were sent that nothing could be made of."""
        return is_unreadable(self["body"].value())

    @property
    def wording(self) -> Wording:
        """What was typed, valid or not."""
        subject = self.typed_subject[:LONGEST_SUBJECT]
        text = self.typed_sms[:LONGEST_TEXT]
        return Wording(subject, tuple(self.typed_blocks), text)


class TemplateForm(WordsForm):
    """A template as its author sees it."""

    field_order = ("name", "event", "subject", "body", "sms", "seen_version")

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("How you find it again. Recipients never see it."),
        error_messages={"required": gettext_lazy("Write what this template is for.")},
    )
    event = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(event.name, event.label) for event in events.ANNOUNCEABLE],
        help_text=gettext_lazy("People can opt out of each kind by itself."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def create(
        self, cluster: Cluster, others: Mapping[str, Wording], *, by: Any
    ) -> MessageTemplate:
        """Make a template of these words, and of those in other languages."""
        return templates.create(cluster, **self._words(others), by=by)

    def save(
        self, template: MessageTemplate, others: Mapping[str, Wording], *, by: Any
    ) -> MessageTemplate:
        """Make these words the next version of a template."""
        seen = self.cleaned_data["seen_version"] or 0
        words = self._words(others)
        return templates.save(template, **words, seen_version=seen, by=by)

    def _words(self, others: Mapping[str, Wording]) -> dict[str, Any]:
        said = self.wording
        return {
            "name": self.cleaned_data["name"],
            "event": self.cleaned_data["event"],
            "subject": said.subject,
            "body": list(said.blocks),
            "sms": said.sms,
            "translations": others,
        }


def starting_words(template: MessageTemplate | None) -> dict[str, Any]:
    """What the form shows at first."""
    if template is None:
        return {"body": BLOCKS.to_python(GREETING)}
    facts = {
        "name": template.name,
        "event": template.event,
        "seen_version": template.version,
    }
    return facts | initial_of(wordings_of(template)[template.language])


def initial_of(wording: Wording) -> dict[str, Any]:
    """Words as a form takes them."""
    body = BLOCKS.to_python(list(wording.blocks))
    return {"subject": wording.subject, "body": body, "sms": wording.sms}
