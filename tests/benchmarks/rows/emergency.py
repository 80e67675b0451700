"""An emergency arrives as fast while a newsletter goes out as on a quiet night."""

from __future__ import annotations

import time
from collections.abc import Iterator

from notifications.models import Cluster, NotificationLog
from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, Invalid, at_most
from tests.benchmarks.sinks import Sink

PEOPLE, BULK = 2_000, 100_000
#: So many of the bulk are out when the alarm is raised.
UNDER_WAY = 0.05


def measure(bench: Bench) -> Iterator[Finding]:
    place = bench.place
    alarm = estates.make_estate("alarm", bench.size(PEOPLE))
    town = estates.make_estate("town", bench.size(BULK))
    ours.remember(place)
    with Sink() as sink:
        busy, idle = bench.by_turns(
            lambda: last_arrival(bench, sink, alarm, town),
            lambda: last_arrival(bench, sink, alarm, None),
        )
    yield Finding(
        "emergency", place.vendor, "an idle system", "s", busy, idle, aim=at_most(1.2)
    )


def last_arrival(
    bench: Bench, sink: Sink, alarm: Cluster, town: Cluster | None
) -> float:
    """Seconds from the alarm until the last of its messages is there."""
    ours.fresh(bench.place)
    sink.reset()
    with ours.Workers(bench.place, sink, reserved=True) as workers:
        bulk = None
        if town is not None:
            bulk = ours.press_send(town, "newsletter")
            sent = NotificationLog.objects.filter(dispatch=bulk, status="sent")
            enough = town.recipients.count() * UNDER_WAY
            workers.wait(lambda: sent.count() >= enough)
        began = time.monotonic()
        dispatch = ours.raise_alarm(alarm)
        workers.wait(lambda: ours.is_done(dispatch))
        if bulk is not None and ours.is_done(bulk):
            raise Invalid("the bulk had ended before the last of the emergency")
        count = alarm.recipients.count()
        ours.check(dispatch, count)
        report = sink.report()
    domain = f"{alarm.slug}.example"
    if report["by_domain"].get(domain) != count:
        raise Invalid(f"not {count} of the emergency arrived")
    return float(report["last_by_domain"][domain] - began)
