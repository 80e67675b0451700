"""One world to open pages in: made once, and described as JSON on standard output.

Run by ``tests.benchmarks.pages`` as a program of its own, since a process has one
database. Its last line names every page with its address there and its queries.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
SLUG = "riverside"
DISPATCHES = 200


def main() -> None:
    people, entries = map(int, sys.argv[1:3])
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings.dev"
    import django

    django.setup()
    from django.core.management import call_command

    from notifications import scope
    from notifications.models import Cluster

    call_command("migrate", verbosity=0)
    with scope.every_cluster():
        if not Cluster.objects.exists():
            make(people, entries)
        cluster = Cluster.objects.get(slug=SLUG)
    with scope.clusters(cluster.pk):
        found = [(name, url) for name, url in pages(cluster)]
    client, cookie = signed_in()
    told = [{"name": name, "url": url, **look(client, url)} for name, url in found]
    print(json.dumps({"cookie": cookie, "pages": told}))


def make(people: int, entries: int) -> None:
    """A cluster with a year behind it, and one message to everybody on its way."""
    from notifications import dispatching
    from notifications.models import Announcement
    from tests.benchmarks import seeding, seeding_log
    from tests.flow import prepared
    from tests.personas import make_world

    world = make_world()
    cluster, mona = world.riverside, world.mona
    mona.is_superuser = True
    mona.save()
    seeding.add_people(cluster, people)
    seeding_log.add_log(cluster, entries=entries, dispatches=DISPATCHES, by=mona)
    seeding.add_jobs(cluster, 60, by=mona)
    dispatch = prepared(cluster, created_by=mona)
    dispatching.fan_out(dispatch.pk)
    Announcement.objects.create(
        cluster=cluster,
        subject="Lift out of order",
        title="Lift out of order",
        body=[{"type": "text", "value": "<p>Take the stairs.</p>"}],
        audience={"everyone": True},
        created_by=mona,
        last_edited_by=mona,
    )
    seeding_log.settle()


def pages(cluster: Any) -> Iterator[tuple[str, str]]:
    """Every list and report of the console, with what narrows it."""
    for name, rest, *query in [*_lists(cluster), *_log(cluster), *_people(cluster)]:
        given = f"?{urlencode(query[0], doseq=True)}" if query else ""
        yield name, f"/c/{SLUG}/admin/{rest}{given}"
    yield "clusters", "/admin/clusters/"
    yield "engine, all clusters", "/admin/clusters/engine/"


def _lists(cluster: Any) -> Iterator[tuple[Any, ...]]:
    from notifications.lifecycle import DispatchStatus
    from notifications.models import Announcement, Dispatch

    ours = Dispatch.objects.filter(cluster=cluster)
    large = ours.filter(status=DispatchStatus.DONE).order_by("-written").first()
    going = ours.exclude(status=DispatchStatus.DONE).get()
    draft = Announcement.objects.get(cluster=cluster, status="draft")
    yield "home", ""
    yield "home, the moving part", "home/now/"
    yield "announcements", "announcements/"
    yield "announcements, sent", "announcements/", {"status": "released"}
    yield "announcements, searched", "announcements/", {"q": "water"}
    yield "announcements, page 5", "announcements/", {"page": 5}
    yield "announcement, composer", f"announcements/{draft.uid}/edit/"
    yield "announcement, review", f"announcements/{draft.uid}/review/"
    everyone = {"who": "everyone", "event": "announcement_posted"}
    yield "reach, who will", "announcements/reach/people/", everyone
    opted = everyone | {"verdict": "opted_out"}
    yield "reach, opted out", "announcements/reach/people/", opted
    yield "live", "delivery/live/"
    yield "dispatch, done", f"announcements/live/{large.uid}/"
    yield "dispatch, done, moving part", f"announcements/live/{large.uid}/now/"
    yield "dispatch, under way", f"announcements/live/{going.uid}/"
    yield "dispatch, under way, moving part", f"announcements/live/{going.uid}/now/"
    yield "unknown ones", "delivery/unknown/"
    yield "unknown ones of a dispatch", "delivery/unknown/", {"dispatch": large.pk}
    yield "reports", "exports/reports/"
    yield "report, done", f"exports/reports/{large.pk}/"
    yield "report, under way", f"exports/reports/{going.pk}/"
    yield "exports", "exports/"
    yield "imports", "imports/"
    yield "opt-outs", "opt-outs/"
    yield "opt-outs, lifted too", "opt-outs/", {"lifted": "on"}
    yield "opt-outs, searched", "opt-outs/", {"q": "berg"}
    yield "opt-outs, whose", "opt-outs/add/", {"q": "ann"}
    yield "templates", "messages/"
    yield "zones", "clusters/zones/"
    yield "members", "clusters/members/"
    yield "engine", "delivery/engine/"


def _log(cluster: Any) -> Iterator[tuple[Any, ...]]:
    from django.utils import timezone

    from notifications.models import Dispatch, NotificationLog

    ours = Dispatch.objects.filter(cluster=cluster, status="done")
    large = ours.order_by("-written", "pk").first()
    entries = NotificationLog.objects.filter(cluster=cluster)
    newest = entries.order_by("-pk").first()
    middle = (newest.pk + entries.order_by("pk").first().pk) // 2
    one = entries.filter(dispatch=large, status="delivered").first()
    zone = entries.filter(dispatch=large, recipient__zone__isnull=False)
    zone = zone.values_list("recipient__zone", flat=True).first()
    failed = entries.filter(dispatch=large, status="failed").first()
    unlucky = failed.recipient.first_name
    month = timezone.localdate().replace(day=1).isoformat()
    for name, query in [
        ("", {}),
        (", older", {"before": middle}),
        (", failed", {"status": "failed"}),
        (", unknown", {"status": "unknown"}),
        (", failed or bounced", {"status": ["failed", "bounced"]}),
        (", opted out", {"status": "skipped", "reason": "opted_out"}),
        (", of a dispatch", {"dispatch": large.pk}),
        (", of a dispatch, failed", {"dispatch": large.pk, "status": "failed"}),
        (", of a dispatch, older", {"dispatch": large.pk, "before": one.pk + 300}),
        (", of a dispatch, a zone", {"dispatch": large.pk, "zone": zone}),
        (", of a person", {"recipient": one.recipient_id}),
        (", a name", {"person": one.addressee.name}),
        (", a common name", {"person": "ber"}),
        (", an address", {"person": one.addressee.address}),
        (", nobody's name", {"person": "nobody-is-called-this"}),
        (", a kind", {"event": "newsletter"}),
        (", a channel", {"channel": "sms"}),
        (", since", {"since": month}),
        (", of one day", {"since": month, "until": month}),
        (", a name, failed", {"person": unlucky, "status": "failed"}),
    ]:
        yield f"log{name}", "delivery/log/", query
    yield "log entry", f"delivery/log/{one.pk}/"


def _people(cluster: Any) -> Iterator[tuple[Any, ...]]:
    from notifications.models import OptOut, Tag

    # With a zone and an address in both worlds: without, a page has less to ask for.
    refused = OptOut.objects.filter(
        cluster=cluster,
        recipient__zone__isnull=False,
        recipient__archived_at=None,
        recipient__contact_points__active=True,
    ).first()
    tag = Tag.objects.get(cluster=cluster, name="Owner").pk
    rare = Tag.objects.get(cluster=cluster, name="Newcomer").pk
    zone = cluster.zones.get(name="Block 2").pk
    for name, query in [
        ("", {}),
        (", page 3", {"page": 3}),
        (", a name", {"q": refused.recipient.name}),
        (", a common name", {"q": "ber"}),
        (", nobody's name", {"q": "nobody-is-called-this"}),
        (", an address", {"q": "77000001"}),
        (", a zone", {"zone": zone}),
        (", a tag", {"tag": tag}),
        (", a rare tag", {"tag": rare}),
        (", a language", {"language": "fr"}),
        (", reachable by mail", {"reachable": "email"}),
        (", reachable nowhere", {"reachable": "nowhere"}),
        (", opted out", {"opted_out": "on"}),
        (", archived", {"archived": "on"}),
        (", by unit", {"order": "unit"}),
        (", by zone", {"order": "zone"}),
        (", newest first", {"order": "newest"}),
        (", a zone, by unit", {"zone": zone, "order": "unit"}),
        (", a tag in a zone", {"tag": tag, "zone": zone}),
    ]:
        yield f"people{name}", "people/", query
    yield "person", f"people/{refused.recipient_id}/"
    yield "opt-out", f"opt-outs/{refused.pk}/"
    yield "opt-outs, page 2", "opt-outs/", {"page": 2}


def signed_in() -> tuple[Any, str]:
    """A client of mona's, and her cookie for others."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=True)
    client.force_login(get_user_model().objects.get(email="mona@example.org"))
    name = settings.SESSION_COOKIE_NAME
    return client, f"{name}={client.cookies[name].value}"


def look(client: Any, url: str) -> dict[str, int]:
    """Queries of a page, the second time it is opened, and lines of its tables."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    if slow := os.environ.get("SHOW_QUERIES_SLOWER_THAN"):
        for query in captured.captured_queries:
            if float(query["time"]) * 1000 >= float(slow):
                print(f"{url}\n  {query['time']} {query['sql']}", file=sys.stderr)
    return {"queries": len(captured), "lines": answer.content.count(b"<tr")}


if __name__ == "__main__":
    main()
