"""Writing a template, with its preview beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.messages.finding import crumbs, own_or_404
from console.messages.forms import TemplateForm, starting_words
from console.messages.panel import media, panel_for
from console.messages.words import Words, main_in
from notifications.actions.wordings import wordings_of
from notifications.composing.wordings import Wording, channels_of
from notifications.errors import Refused
from notifications.languages import language_name
from notifications.models import MessageTemplate


def add(request: Any) -> HttpResponse:
    """Write a new template."""
    form = TemplateForm(request.POST or None, initial=starting_words(None))
    main = request.cluster.language
    words = _words(request, form, main, {})
    if request.method == "POST" and _is_right(form, words, main):
        others = words.translations
        template = _done(
            form, lambda: form.create(request.cluster, others, by=request.user)
        )
        if template is not None:
            messages.success(request, _("“%s” is saved.") % template.name)
            return redirect("messages:show", template.pk)
    return _page(
        request,
        form,
        words,
        page_title=_("New template"),
        back_url=reverse("messages:index"),
        breadcrumbs_items=crumbs(),
        sentence=_("Nothing is sent: a template is for writing announcements from."),
    )


def edit(request: Any, pk: int) -> HttpResponse:
    """Change a template; what was sent from it before stays as it was."""
    template = own_or_404(request, pk)
    seen = template.version
    form = TemplateForm(request.POST or None, initial=starting_words(template))
    written = dict(list(wordings_of(template).items())[1:])
    main = template.language
    words = _words(request, form, main, written)
    if request.method == "POST" and _is_right(form, words, main):
        others = words.translations
        saved = _done(form, lambda: form.save(template, others, by=request.user))
        if saved is not None:
            _say_saved(request, saved, seen)
            return redirect("messages:show", pk)
    return _page(
        request,
        form,
        words,
        page_title=_("Change “%s”") % template.name,
        template=template,
        back_url=reverse("messages:show", args=[pk]),
        breadcrumbs_items=crumbs(own_or_404(request, pk)),
        sentence=_("Saving makes version %d. What was sent stays as it was.")
        % (seen + 1),
    )


def _words(
    request: Any, form: TemplateForm, language: str, written: dict[str, Wording]
) -> Words:
    """The forms of all languages, as they are stored or were sent."""
    if request.method == "POST":
        main = main_in(request.POST, language)
        return Words.posted(request.cluster, main, form, request.POST, written)
    return Words.showing(request.cluster, language, form, written)


def _is_right(form: TemplateForm, words: Words, language: str) -> bool:
    """Whether it can be saved; what keeps it from that is then on the form."""
    if not words.is_valid():
        return False
    if words.language != language:
        sentence = _(
            "The main language is %(now)s by now, and these words were written as "
            "%(then)s, so nothing was saved. Copy them, reload the page, and put them "
            "in again."
        )
        names = {"now": language_name(language), "then": language_name(words.language)}
        form.add_error(None, sentence % names)
        return False
    found = words.found(channels_of(words.wordings))
    if found:
        form.add_error(None, [str(problem) for problem in found])
    return not found


def _done(form: TemplateForm, act: Any) -> MessageTemplate | None:
    """What the action made; None where it refused, with its sentence on the form."""
    try:
        made: MessageTemplate = act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    return made


def _say_saved(request: Any, saved: MessageTemplate, seen: int) -> None:
    if saved.version == seen:
        messages.info(request, _("Nothing was changed, so there is no new version."))
        return
    number = saved.version
    messages.success(request, _("Saved as version %d.") % number)


def _page(
    request: Any, form: TemplateForm, words: Words, **context: Any
) -> HttpResponse:
    wordings = words.wordings
    panel = panel_for(
        request, wordings, channels_of(wordings), languages=tuple(words.forms)
    )
    return render(
        request,
        "console/messages/edit.html",
        {
            "header_icon": "doc-full",
            "form": form,
            "words": words,
            "panel": panel,
            "media": form.media + media,
            **context,
        },
    )
