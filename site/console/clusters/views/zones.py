"""The tree of zones."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console import zone_tree
from console.clusters.forms import ZoneForm
from console.forms import attempt
from notifications.actions import zones
from notifications.models import Zone


def index(request: Any) -> HttpResponse:
    """Every zone with its people."""
    return render(
        request,
        "console/clusters/zones.html",
        {
            "page_title": _("Zones"),
            "header_icon": "building",
            "nodes": zone_tree.tree(),
        },
    )


def add(request: Any) -> HttpResponse:
    """A new zone; ``?inside=`` chooses where."""
    initial = {"parent": request.GET.get("inside")}
    form = ZoneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: zones.add(
                request.cluster, given["name"], _zone(given["parent"]), by=request.user
            ),
        )
        if made is not None:
            messages.success(request, _("Added “%s”.") % made)
            return redirect("clusters:zones")
    return _form(request, form, _("Add a zone"), _("Add"))


def edit(request: Any, pk: int) -> HttpResponse:
    """Rename or move a zone."""
    zone = get_object_or_404(Zone, pk=pk)
    initial = {"name": zone.name, "parent": zone.parent_id}
    form = ZoneForm(request.POST or None, initial=initial, zone=zone)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _save(request, zone, form.cleaned_data))
        if saved is not None:
            messages.success(request, _("Saved “%s”.") % saved)
            return redirect("clusters:zones")
    return _form(request, form, zone.name, _("Save"), zone=zone)


def delete(request: Any, pk: int) -> HttpResponse:
    """Ask, then take an empty zone away."""
    zone = get_object_or_404(Zone, pk=pk)
    if request.method == "POST":
        zones.delete(zone, by=request.user)
        messages.success(request, _("Deleted “%s”.") % zone.name)
        return redirect("clusters:zones")
    reasons = zones.why_not_delete(zone)
    return render(
        request,
        "console/clusters/zone_delete.html",
        {
            "page_title": _("Delete “%s”?") % zone,
            "breadcrumbs_items": [*_crumbs(), _crumb(zone)],
            "question": _("It is empty: nobody and nothing belongs to it."),
            "reasons": reasons,
            "submit_label": _("Delete the zone"),
            "danger": True,
            "back_url": reverse("clusters:zones"),
        },
    )


def _save(request: Any, zone: Zone, given: dict[str, Any]) -> Zone:
    parent = _zone(given["parent"])
    with transaction.atomic():
        if zone.parent != parent:
            zones.move(zone, parent, by=request.user)
        return zones.rename(zone, given["name"], by=request.user)


def _zone(key: int | None) -> Zone | None:
    return get_object_or_404(Zone, pk=key) if key else None


def _crumbs() -> list[dict[str, str]]:
    return [{"url": reverse("clusters:zones"), "label": _("Zones")}]


def _crumb(zone: Zone) -> dict[str, str]:
    return {"url": reverse("clusters:zone_edit", args=[zone.pk]), "label": zone.name}


def _form(
    request: Any, form: Any, title: str, label: str, zone: Zone | None = None
) -> HttpResponse:
    return render(
        request,
        "console/clusters/zone.html",
        {
            "page_title": title,
            "header_icon": "building",
            "breadcrumbs_items": _crumbs(),
            "form": form,
            "zone": zone,
            "submit_label": label,
            "back_url": reverse("clusters:zones"),
        },
    )
