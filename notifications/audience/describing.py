"""The audience in words, for whoever has to decide about it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from notifications.alerting import ContactKind
from notifications.languages import language_name
from notifications.models import Broadcast, Cluster, Dispatch, Recipient, Tag

from .criteria import Criteria
from .naming import named


def describe(cluster: Cluster, criteria: Criteria) -> list[str]:
    """One short line per part of the audience; zones and tags by name."""
    if criteria.is_empty:
        return [_("Nobody chosen yet")]
    told = [*_meant(cluster, criteria), *_left_out(cluster, criteria)]
    if criteria.part_of is not None:
        told.append(_("Only who takes part in the drill"))
    if criteria.contacts:
        kind = ContactKind(criteria.contacts).label
        told.append(_("Not they, but whom they name: %(kind)s") % {"kind": kind})
    return told


def _meant(cluster: Cluster, criteria: Criteria) -> Iterable[str]:
    if criteria.everyone:
        yield _("Everyone in %(cluster)s") % {"cluster": cluster}
    if criteria.zones and not criteria.everyone:
        yield _("In %(zones)s") % {"zones": _zones(cluster, criteria.zones)}
    if criteria.tags and not criteria.everyone:
        yield _("Tagged %(tags)s") % {"tags": _tags(cluster, criteria.tags)}
    if criteria.languages and not criteria.everyone:
        names = [language_name(code) for code in criteria.languages]
        yield _("Reading %(languages)s") % {"languages": _or(names)}
    if criteria.failed_of is not None:
        parent = Dispatch.objects.filter(cluster=cluster, pk=criteria.failed_of)
        title = parent.values_list("title", flat=True).first() or ""
        yield _("Those for whom “%(title)s” failed") % {"title": title}
    if criteria.reached_of is not None:
        about = Broadcast.objects.filter(cluster=cluster, pk=criteria.reached_of)
        title = about.values_list("title", flat=True).first() or ""
        yield _("Those whom “%(title)s” reached, or may have") % {"title": title}
    if criteria.only_recipients:
        staff = Recipient.objects.filter(pk__in=criteria.only_recipients)
        known = staff.filter(cluster=cluster).order_by("name")
        told = ", ".join(known.values_list("name", flat=True))
        yield _("Only %(names)s") % {"names": told}


def _left_out(cluster: Cluster, criteria: Criteria) -> Iterable[str]:
    if criteria.not_told_in:
        yield _("Without those who have had this")
    if criteria.silent_in is not None:
        yield _("Without those who have answered")
    if criteria.exclude_zones:
        zones = _zones(cluster, criteria.exclude_zones)
        yield _("Not in %(zones)s") % {"zones": zones}
    if criteria.exclude_tags:
        yield _("Not tagged %(tags)s") % {"tags": _tags(cluster, criteria.exclude_tags)}
    if criteria.exclude_recipients:
        count = len(criteria.exclude_recipients)
        yield _("Without %(count)d chosen by name") % {"count": count}


def _zones(cluster: Cluster, ids: tuple[int, ...]) -> str:
    return _or(named(cluster, ids))


def _tags(cluster: Cluster, ids: tuple[int, ...]) -> str:
    found = Tag.objects.filter(cluster=cluster, pk__in=ids).order_by("name")
    return _or(found.values_list("name", flat=True))


def _or(names: Iterable[str]) -> str:
    return str(_(" or ")).join(names)
