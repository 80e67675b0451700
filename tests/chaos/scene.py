"""Fills a database for a run, and does to it what staff do; run as a program.

    python -m tests.chaos.scene fill PEOPLE EVENT
    python -m tests.chaos.scene wait cancel|opt-out|pause|resume

``wait`` says "ready", does it as soon as it is sent a line, and says "done".
"""

from __future__ import annotations

import sys

import django

django.setup()

from notifications import dispatching, events, scope  # noqa: E402
from notifications.actions import dispatches, opt_outs  # noqa: E402
from notifications.audience import Criteria  # noqa: E402
from notifications.composing import Compiled  # noqa: E402
from notifications.models import (  # noqa: E402
    Cluster,
    ContactPoint,
    Dispatch,
    OptOutSource,
    Recipient,
    Role,
)
from tests import personas  # noqa: E402

WORDS = Compiled(
    subject="Water off on Monday, {{ first_name }}",
    html="<p>Dear {{ first_name }}. <a href='{{ unsubscribe_url }}'>Stop</a></p>",
    text="Dear {{ first_name }}. Stop: {{ unsubscribe_url }}",
)


def main() -> None:
    verb, *arguments = sys.argv[1:]
    with scope.every_cluster():
        if verb == "fill":
            fill(int(arguments[0]), arguments[1])
        else:
            deed = DEEDS[arguments[0]]
            print("ready", flush=True)
            sys.stdin.readline()
            deed()
            print("done", flush=True)


def fill(count: int, event: str) -> None:
    """A cluster with its people, and a message to all of them on its way."""
    cluster = personas.make_cluster("Riverside Quay", "riverside")
    mona = personas.make_user("mona@example.org", "Mona")
    personas.join(mona, cluster, Role.MANAGER)
    make_people(cluster, count)
    content = dispatching.pin(cluster, WORDS, channel="email", language="en")
    dispatching.prepare(
        dispatching.Plan(
            cluster=cluster,
            event=events.REGISTRY[event],
            title="Water off on Monday",
            criteria=Criteria(everyone=True),
            contents=(content,),
            created_by=mona,
        )
    )


def make_people(cluster: Cluster, count: int) -> None:
    """So many, with a mail address each."""
    people = [
        Recipient(cluster=cluster, name=f"Person {n:06d}", first_name=f"Person{n}")
        for n in range(count)
    ]
    for person in people:
        person.derive()
    points = [
        ContactPoint(
            cluster=cluster,
            recipient=person,
            channel="email",
            value=address(number),
        )
        for number, person in enumerate(Recipient.objects.bulk_create(people, 2000))
    ]
    for point in points:
        point.derive()
    ContactPoint.objects.bulk_create(points, 2000)


def address(number: int) -> str:
    return f"person{number}@riverside.example.org"


def staff() -> object:
    return personas.get_user_model().objects.get(email="mona@example.org")


def cancel() -> None:
    dispatches.cancel(Dispatch.objects.get(), by=staff(), reason="The water stays on")


def pause() -> None:
    dispatches.pause(Dispatch.objects.get(), by=staff())


def resume() -> None:
    dispatches.resume(Dispatch.objects.get(), by=staff())


def opt_out() -> None:
    """Everybody wants nothing any more, all at once."""
    cluster = Cluster.objects.get()
    everybody = list(Recipient.objects.values_list("pk", flat=True))
    wish = opt_outs.Wish(OptOutSource.STAFF, reason="All of them rang the office")
    opt_outs.record_all(cluster, everybody, wish, by=staff())


DEEDS = {"cancel": cancel, "pause": pause, "resume": resume, "opt-out": opt_out}

if __name__ == "__main__":
    main()
