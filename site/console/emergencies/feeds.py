"""Alerts of others: the feeds that are asked, and what came of each alert."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from console.announcements.audience import choices, keys_in
from notifications.actions import feeds
from notifications.actions.feeds import Wanted
from notifications.actions.scenarios import scenarios_of
from notifications.alerting import Severity
from notifications.audience import Criteria
from notifications.errors import TocsinError
from notifications.models import AlertFeed, InboundAlert

PER_PAGE = 30
GRADES = [each for each in Severity.choices if each[0] != Severity.UNKNOWN]


class FeedForm(forms.Form):
    """A feed; where its alerts matter stands beside it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Who publishes it, as staff will read it."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput,
        help_text=gettext_lazy(
            "It begins with https:// and gives CAP 1.2, or an Atom or RSS list of it."
        ),
    )
    scenario = forms.ChoiceField(
        label=gettext_lazy("Scenario"),
        help_text=gettext_lazy(
            "Channels, “All clear”, “Sent in error” and the ladder come from it; what "
            "has happened is said in the words of the alert."
        ),
    )
    severity_from = forms.ChoiceField(
        label=gettext_lazy("From which severity on"),
        choices=GRADES,
        help_text=gettext_lazy("Milder ones come to nothing."),
    )
    areas = forms.CharField(
        label=gettext_lazy("Only for these areas"),
        required=False,
        max_length=6500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One on each line: a code of the publisher, or words that its areas hold. "
            "Empty: every alert counts."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, cluster: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scenarios = {each.slug: each for each in scenarios_of(cluster)}
        named = [(slug, each.name) for slug, each in self.scenarios.items()]
        self.fields["scenario"].choices = named  # type: ignore[attr-defined]

    def wanted(self, criteria: Criteria) -> Wanted:
        """What was chosen."""
        given = self.cleaned_data
        return Wanted(
            name=given["name"],
            url=given["url"],
            scenario=self.scenarios[given["scenario"]],
            criteria=criteria,
            areas=tuple(given["areas"].splitlines()),
            severity_from=given["severity_from"],
        )


def index(request: Any) -> HttpResponse:
    """Every feed with how it is, and what came last."""
    found = AlertFeed.objects.annotate(drafts=Count("alerts__broadcast", distinct=True))
    came = InboundAlert.objects.select_related("feed", "broadcast")
    page = Paginator(came, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "console/emergencies/feeds.html",
        {
            "page_title": _("Alert feeds"),
            "header_icon": "download",
            "feeds": found.order_by("-active", "name"),
            "page": page,
        },
    )


def add(request: Any) -> HttpResponse:
    """A new feed."""
    return _form(request, None)


def show(request: Any, uid: Any) -> HttpResponse:
    """A feed, to be changed."""
    return _form(request, _find(uid))


def switch(request: Any, uid: Any) -> HttpResponse:
    """POST: asked no more, or again."""
    feed = _find(uid)
    if request.method == "POST":
        given = request.POST.get("version", "")
        version = int(given) if given.isdecimal() and len(given) < 10 else 0
        try:
            feeds.switch(feed, not feed.active, by=request.user, version=version)
        except TocsinError as refused:
            messages.warning(request, str(refused))
        else:
            done = _("It is asked again.") if feed.active else _("It is asked no more.")
            messages.success(request, done)
    return redirect("emergencies:feeds")


def _find(uid: Any) -> AlertFeed:
    found: AlertFeed = get_object_or_404(
        AlertFeed.objects.select_related("cluster", "scenario"), uid=uid
    )
    return found


def _form(request: Any, feed: AlertFeed | None) -> HttpResponse:
    if request.method == "POST":
        form = FeedForm(request.cluster, request.POST)
        criteria = _where(request.POST)
        if form.is_valid():
            try:
                _save(request, feed, form, criteria)
            except TocsinError as refused:
                return _page(request, feed, form, criteria, str(refused))
            messages.success(request, _("Saved. It is asked within a minute."))
            return redirect("emergencies:feeds")
        problem = _("Nothing was saved yet: put right what is marked below.")
        return _page(request, feed, form, criteria, problem)
    form = FeedForm(request.cluster, initial=_initial(feed))
    criteria = Criteria.from_json(feed.audience) if feed else Criteria(everyone=True)
    return _page(request, feed, form, criteria)


def _save(
    request: Any, feed: AlertFeed | None, form: FeedForm, criteria: Criteria
) -> None:
    wanted = form.wanted(criteria)
    if feed is None:
        feeds.create(request.cluster, wanted, by=request.user)
    else:
        version = form.cleaned_data["version"] or 0
        feeds.save(feed, wanted, by=request.user, version=version)


def _page(
    request: Any,
    feed: AlertFeed | None,
    form: FeedForm,
    criteria: Criteria,
    problem: str = "",
) -> HttpResponse:
    index_url = reverse("emergencies:feeds")
    context = {
        "page_title": feed.name if feed else _("Add an alert feed"),
        "header_icon": "download",
        "breadcrumbs_items": [{"url": index_url, "label": _("Alert feeds")}],
        "feed": feed,
        "form": form,
        "choices": choices(request.cluster, criteria),
        "problem": problem,
        "back_url": index_url,
    }
    return render(
        request,
        "console/emergencies/feed.html",
        context,
        status=409 if problem else 200,
    )


def _where(data: QueryDict) -> Criteria:
    """Ticked zones say more than *everywhere*."""
    zones = keys_in(data.getlist("zones"))
    return Criteria(everyone=data.get("who") == "everyone" and not zones, zones=zones)


def _initial(feed: AlertFeed | None) -> dict[str, Any]:
    if feed is None:
        return {"severity_from": Severity.MODERATE, "scenario": "severe-weather"}
    return {
        "name": feed.name,
        "url": feed.url,
        "scenario": feed.scenario.slug,
        "severity_from": feed.severity_from,
        "areas": "\n".join(feed.areas),
        "version": feed.version,
    }
