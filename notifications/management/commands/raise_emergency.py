"""Say that there is an emergency: for a fire panel, a sensor, or a script."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from notifications import links, scope
from notifications.actions.notifying import notify
from notifications.errors import Refused, TocsinError
from notifications.events import EMERGENCY, EMERGENCY_DRILL
from notifications.fingerprints import name_key
from notifications.models import Cluster, Zone


class Command(BaseCommand):
    help = (
        "Raise an emergency from a scenario. It is sent to nobody: approvers of the "
        "cluster are told at once, and it goes out when one of them says yes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cluster", required=True, help="its short name")
        parser.add_argument("--scenario", required=True, help="such as gas-leak")
        parser.add_argument(
            "--zone",
            action="append",
            default=[],
            help="such as “Heron block”, or “Heron block > Floor 2”; may be repeated",
        )
        parser.add_argument("--everywhere", action="store_true")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="BLANK=WORDS",
            help="what fills a blank of the scenario; may be repeated",
        )
        parser.add_argument("--by", required=True, help="such as “Fire panel 3”")
        parser.add_argument(
            "--key", required=True, help="of what happened: the same again raises once"
        )
        parser.add_argument("--drill", action="store_true", help="only an exercise")

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.every_cluster():
            cluster = Cluster.objects.filter(slug=options["cluster"]).first()
        if cluster is None:
            raise CommandError(
                _("There is no cluster “%(slug)s”.") % {"slug": options["cluster"]}
            )
        try:
            with scope.clusters(cluster.pk):
                broadcast = notify(
                    EMERGENCY_DRILL if options["drill"] else EMERGENCY,
                    cluster=cluster,
                    scenario=options["scenario"],
                    by=options["by"],
                    key=options["key"],
                    zones=[_zone(name) for name in options["zone"]],
                    everywhere=options["everywhere"],
                    context=dict(map(_blank, options["set"])),
                )
        except TocsinError as problem:
            raise CommandError(str(problem)) from problem
        url = links.broadcast_url(
            cluster.slug, str(broadcast.uid), drill=broadcast.is_drill
        )
        status = broadcast.get_status_display()
        self.stdout.write(f"{broadcast.title}: {status}. {url}")


def _zone(name: str) -> int:
    """The key of the one zone of this name in the cluster at hand."""
    inner, *outer = (name_key(part) for part in reversed(name.split(">")))
    found = Zone.objects.filter(name_key=inner)
    for depth, above in enumerate(outer, start=1):
        found = found.filter(**{"parent__" * depth + "name_key": above})
    keys = list(found.order_by().values_list("pk", flat=True)[:2])
    if len(keys) == 1:
        return int(keys[0])
    raise Refused(
        (
            _("Several zones are called “%(name)s”. Write “Heron block > %(name)s”.")
            if keys
            else _("There is no zone “%(name)s” here.")
        )
        % {"name": name}
    )


def _blank(given: str) -> tuple[str, str]:
    name, equals, words = given.partition("=")
    if not equals:
        raise Refused(_("Write --set NAME=WORDS, not “%(given)s”.") % {"given": given})
    return name.strip(), words.strip()
