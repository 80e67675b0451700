"""The form that words are written in: of templates, and of whatever else has words."""

from __future__ import annotations

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
from notifications.blocks import EmailBody
from notifications.composing import Problem
from notifications.models import Cluster, MessageTemplate

MOST_BLOCKS = 60
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
        try:
            return super().value_from_datadict(data, files, name)
        except UNREADABLE:
            empty = self.block_def.to_python([])
            empty.unreadable = True
            return empty


class BodyField(BlockField):
    """The blocks of a message, as they were typed.

    They are judged by composing alone, which knows every place: the editor's own
    checks would say the same things in other words.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(block=BLOCKS, widget=BodyWidget(BLOCKS), **options)

    def clean(self, value: Any) -> Any:
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
    """Subject and blocks of a message: the part that preview and checks understand.

    ``found`` are the problems with them, whether the form is bound or not. With
    ``must_be_right`` they keep the form from being valid.
    """

    must_be_right = True

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-words": "subject"}),
    )
    body = BodyField(label=gettext_lazy("Message"), required=False)

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
    def found(self) -> list[Problem]:
        if is_unreadable(self["body"].value()):
            return [Problem(str(CANNOT_BE_READ), where=_("Message"))]
        return templates.problems(self.typed_subject, self.typed_blocks)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.must_be_right and self.found:
            self.add_error(None, [str(problem) for problem in self.found])
        return cleaned


class TemplateForm(WordsForm):
    """A template as its author sees it."""

    field_order = ("name", "event", "subject", "body", "seen_version")

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

    def create(self, cluster: Cluster, *, by: Any) -> MessageTemplate:
        """Make a template of these words."""
        return templates.create(cluster, **self._words(), by=by)

    def save(self, template: MessageTemplate, *, by: Any) -> MessageTemplate:
        """Make these words the next version of a template."""
        seen = self.cleaned_data["seen_version"] or 0
        return templates.save(template, **self._words(), seen_version=seen, by=by)

    def _words(self) -> dict[str, Any]:
        return {
            key: self.cleaned_data[key] for key in ("name", "event", "subject", "body")
        }


def starting_words(template: MessageTemplate | None) -> dict[str, Any]:
    """What the form shows at first."""
    if template is None:
        return {"body": BLOCKS.to_python(GREETING)}
    return {
        "name": template.name,
        "event": template.event,
        "subject": template.subject,
        "body": template.body,
        "seen_version": template.version,
    }
