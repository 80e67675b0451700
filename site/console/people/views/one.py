"""The page of a person, and letting them leave or come back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.forms import ReasonForm, attempt
from console.opt_outs.showing import Line
from console.people.showing import addresses, facts, lead, steps
from notifications.actions import recipients
from notifications.models import NotificationLog, OptOut, Recipient

#: Messages on the page of a person; all of them are in the log.
NEWEST = 20


def show(request: Any, pk: int) -> HttpResponse:
    """Everything about one person, and all that they got."""
    person = _person(pk)
    entries = NotificationLog.objects.filter(recipient=person)
    return render(
        request,
        "console/people/show.html",
        {
            "page_title": person.name,
            "header_icon": "user",
            "breadcrumbs_items": [
                {"url": reverse("people:index"), "label": _("People")}
            ],
            "person": person,
            "lead": lead(person),
            "facts": facts(person),
            "addresses": addresses(person),
            "contacts": person.personal_contacts.select_related("contact"),
            "contact_of": person.contact_of.select_related("recipient"),
            "refusals": _refusals(person),
            "entries": entries.select_related("dispatch").order_by("-id")[:NEWEST],
            "entries_count": entries.count(),
            "steps": steps(person),
        },
    )


def archive(request: Any, pk: int) -> HttpResponse:
    """Ask why, then let a person leave."""
    person = _person(pk)
    if person.archived_at is not None:
        messages.info(request, _("%s is archived already.") % person.name)
        return redirect("people:show", pk)
    question = _(
        "%(name)s gets nothing more, and what is planned for them is skipped. Their "
        "messages and opt-outs stay on record. You can restore them at any time."
    )
    return _with_reason(
        request,
        person,
        title=_("Archive %s?") % person.name,
        question=question % {"name": person.name},
        verb=_("Archive %s") % person.name,
        done=_("Archived %s.") % person.name,
        run=recipients.archive,
        danger=True,
    )


def restore(request: Any, pk: int) -> HttpResponse:
    """Ask why, then take a person back."""
    person = _person(pk)
    if person.archived_at is None:
        messages.info(request, _("%s is not archived.") % person.name)
        return redirect("people:show", pk)
    question = _(
        "From now on %(name)s is in every audience that means them. Their opt-outs "
        "still hold; what was skipped stays skipped."
    )
    return _with_reason(
        request,
        person,
        title=_("Restore %s?") % person.name,
        question=question % {"name": person.name},
        verb=_("Restore %s") % person.name,
        done=_("Restored %s.") % person.name,
        run=recipients.restore,
        danger=False,
    )


def _with_reason(
    request: Any,
    person: Recipient,
    *,
    title: str,
    question: str,
    verb: str,
    done: str,
    run: Any,
    danger: bool,
) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["reason"]
        cluster, keys = request.cluster, [person.pk]
        answer = attempt(form, lambda: run(cluster, keys, by=request.user, reason=why))
        if answer is not None:
            messages.success(request, done)
            return redirect("people:show", person.pk)
    back = reverse("people:show", args=[person.pk])
    return render(
        request,
        "console/confirm.html",
        {
            "page_title": title,
            "breadcrumbs_items": [
                {"url": reverse("people:index"), "label": _("People")},
                {"url": back, "label": person.name},
            ],
            "question": question,
            "form": form,
            "submit_label": verb,
            "danger": danger,
            "back_url": back,
        },
        status=400 if form.errors else 200,
    )


def _person(pk: int) -> Recipient:
    rows = Recipient.objects.select_related("zone", "cluster")
    person: Recipient = get_object_or_404(rows, pk=pk)
    return person


def _refusals(person: Recipient) -> list[Line]:
    rows = OptOut.objects.filter(recipient=person).order_by("-id")
    return [Line.of(row) for row in rows]
