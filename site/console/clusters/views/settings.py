"""What a cluster is set to."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.areas import may
from console.clusters.forms import SettingsForm
from console.components import Fact
from console.forms import attempt
from notifications.actions import clusters
from notifications.actions.logos import read_logo
from notifications.models import Cluster


def settings(request: Any) -> HttpResponse:
    """A form for managers, facts for everybody else."""
    if not may(request, "clusters:settings", "POST"):
        return _facts(request)
    # A copy: a form writes into its instance even when it refuses.
    copy = Cluster.objects.get(pk=request.cluster.pk)
    form = SettingsForm(request.POST or None, request.FILES or None, instance=copy)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _save(request, form.chosen()))
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("clusters:settings")
    return render(
        request,
        "console/clusters/settings.html",
        {
            "page_title": _("This cluster"),
            "header_icon": "building",
            "form": form,
            "logo": request.cluster.logo,
        },
    )


def _save(request: Any, given: dict[str, Any]) -> Cluster:
    picture = given.pop("picture", None)
    return clusters.change(
        request.cluster,
        given,
        by=request.user,
        logo=read_logo(picture.read()) if picture else None,
        without_logo=given.pop("without_logo", False),
    )


def _facts(request: Any) -> HttpResponse:
    cluster = request.cluster
    quiet = _("None")
    if cluster.quiet_from and cluster.quiet_until:
        times = [
            date_format(t, "H:i") for t in (cluster.quiet_from, cluster.quiet_until)
        ]
        quiet = " – ".join(times)
    rows = [
        Fact(_("Name"), cluster.name),
        Fact(_("Time zone"), cluster.time_zone),
        Fact(_("Language"), cluster.language),
        Fact(_("Currency"), cluster.currency),
        Fact(_("Phone region"), cluster.phone_region),
        Fact(_("Mails come from"), f"{cluster.sender_name} <{cluster.sender_email}>"),
        Fact(_("Answers go to"), cluster.reply_to or cluster.sender_email),
        Fact(_("Postal address"), cluster.postal_address),
        Fact(_("Quiet hours"), quiet),
        Fact(
            _("A second person must approve"),
            _("Yes") if cluster.requires_approval else _("No"),
        ),
        Fact(_("The log is kept for"), _("%d days") % cluster.retention_days),
    ]
    return render(
        request,
        "console/clusters/facts.html",
        {"page_title": _("This cluster"), "header_icon": "building", "rows": rows},
    )
