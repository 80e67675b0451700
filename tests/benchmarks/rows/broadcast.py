"""An emergency for 10 000 residents by text and by mail, and taken back at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

from notifications.actions import broadcasts
from notifications.actors import Actor, acting
from notifications.models import Broadcast, Cluster, Dispatch, NotificationLog, Scenario
from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, Invalid, at_most
from tests.benchmarks.rows.emergency import UNDER_WAY
from tests.benchmarks.sinks import Sink

PEOPLE, BULK = 10_000, 100_000
#: Text and mail.
WAYS = 2
#: Within so many seconds of the tap everybody's correction has to be queued.
QUEUED_WITHIN = 60.0


def measure(bench: Bench) -> Iterator[Finding]:
    place = bench.place
    harbour = estates.make_estate("harbour", bench.size(PEOPLE))
    estates.give_phones(harbour)
    town = estates.make_estate("town", bench.size(BULK))
    ours.remember(place)
    queued: list[float] = []
    with Sink() as sink:
        busy, idle = bench.by_turns(
            lambda: _night(bench, sink, harbour, queued, town),
            lambda: _night(bench, sink, harbour, [], None),
        )
    yield Finding(
        "broadcast", place.vendor, "an idle system", "s", busy, idle, aim=at_most(1.2)
    )
    yield Finding(
        "broadcast",
        place.vendor,
        "“Sent in error” queued for all of them: within a minute of the tap",
        "s",
        queued,
        [QUEUED_WITHIN] * len(queued),
        aim=at_most(1),
    )


def _night(
    bench: Bench,
    sink: Sink,
    harbour: Cluster,
    queued: list[float],
    town: Cluster | None,
) -> float:
    """Seconds from the yes to the last message; ``queued`` gets the correction's."""
    ours.fresh(bench.place)
    sink.reset()
    with ours.Workers(bench.place, sink, reserved=True) as workers:
        bulk = None
        if town is not None:
            bulk = ours.press_send(town, "newsletter")
            sent = NotificationLog.objects.filter(dispatch=bulk, status="sent")
            enough = town.recipients.count() * UNDER_WAY
            workers.wait(lambda: sent.count() >= enough)
        messages = harbour.recipients.count() * WAYS
        broadcast, alert, began = _sent(harbour)
        workers.wait(lambda: ours.is_done(alert))
        ours.check(alert, messages)
        ended = _last(sink, harbour)
        tapped = time.monotonic()
        correction = _taken_back(broadcast)
        entries = NotificationLog.objects.filter(dispatch=correction)
        workers.wait(lambda: entries.count() >= messages)
        queued.append(time.monotonic() - tapped)
        workers.wait(lambda: ours.is_done(correction))
        ours.check(correction, messages)
        if bulk is not None and ours.is_done(bulk):
            raise Invalid("the newsletter had ended before the last of the emergency")
    return ended - began


def _sent(cluster: Cluster) -> tuple[Broadcast, Dispatch, float]:
    """The prepared scenario, as it stands, for everybody; and when its yes began."""
    mona = estates.manager(cluster)
    people = cluster.recipients.count()
    scenario = Scenario.objects.get(cluster=None, slug="gas-leak")
    draft = broadcasts.draft_from_scenario(scenario, ours.EVERYONE)
    with acting(Actor.staff(mona)):
        broadcast = broadcasts.create_draft(cluster, draft, by=mona)
        began = time.monotonic()
        alert = broadcasts.send_alone(
            broadcast, by=mona, confirmed_people=people, typed_people=people
        )
    return broadcast, alert, began


def _taken_back(broadcast: Broadcast) -> Dispatch:
    mona = estates.manager(broadcast.cluster)
    with acting(Actor.staff(mona)):
        return broadcasts.follow_up(broadcast, "sent_in_error", by=mona)


def _last(sink: Sink, cluster: Cluster) -> float:
    came = sink.report()["last_by_domain"]
    return float(max(came[f"{cluster.slug}.example"], came[estates.GATEWAY]))
