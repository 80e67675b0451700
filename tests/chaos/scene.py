"""Fills a database for a run, and does to it what staff do; run as a program.

    python -m tests.chaos.scene fill PEOPLE EVENT
    python -m tests.chaos.scene wait cancel|opt-out|pause|resume|import-ROWS
    python -m tests.chaos.scene sign-in

``wait`` says "ready", does it as soon as it is sent a line, and says "done".
``sign-in`` says a manager's cookie, and the key of somebody who has left.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from notifications import dispatching, events, scope  # noqa: E402
from notifications.actions import (  # noqa: E402
    dispatches,
    imports,
    opt_outs,
    recipients,
)
from notifications.audience import Criteria  # noqa: E402
from notifications.composing import Compiled  # noqa: E402
from notifications.importing.sheets import mapping_of  # noqa: E402
from notifications.models import (  # noqa: E402
    Cluster,
    ContactPoint,
    Dispatch,
    OptOutSource,
    Recipient,
    Role,
)
from tests import personas  # noqa: E402
from tests.chaos.record import PEOPLE  # noqa: E402

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
        elif verb == "sign-in":
            print(signed_in(), archived())
        else:
            deed = deed_of(arguments[0])
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
    return f"person{number}{PEOPLE}"


def the_dispatch() -> Dispatch:
    """The first: later ones are alerts to staff about it."""
    return Dispatch.objects.order_by("id")[0]


def staff() -> object:
    return personas.get_user_model().objects.get(email="mona@example.org")


def cancel() -> None:
    dispatches.cancel(the_dispatch(), by=staff(), reason="The water stays on")


def pause() -> None:
    dispatches.pause(the_dispatch(), by=staff())


def resume() -> None:
    dispatches.resume(the_dispatch(), by=staff())


def opt_out() -> None:
    """Everybody wants nothing any more, all at once."""
    cluster = Cluster.objects.get()
    everybody = list(Recipient.objects.values_list("pk", flat=True))
    wish = opt_outs.Wish(OptOutSource.STAFF, reason="All of them rang the office")
    opt_outs.record_all(cluster, everybody, wish, by=staff())


def signed_in() -> str:
    client = Client()
    client.force_login(staff())
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def archived() -> int:
    """Somebody who is in no audience."""
    person = personas.make_person(Cluster.objects.get(), "Left Behind")
    recipients.archive(person.cluster, [person.pk], by=staff(), reason="They moved")
    return person.pk


def import_of(rows: int) -> Callable[[], None]:
    """A file of so many people, uploaded; the deed has the workers import it."""
    heads = "External ID,Full name,First name,Email,Flat"
    lines = (
        f"X-{n:06d},Given{n} Name{n},Given{n},x{n}@example.org,{n}A"
        for n in range(rows)
    )
    cluster = Cluster.objects.get()
    data = "\n".join([heads, *lines]).encode()
    job = imports.upload(cluster, "people.csv", data, by=imports.COMMAND_LINE)
    job = imports.set_mapping(job, mapping_of(job), by=imports.COMMAND_LINE)

    def run() -> None:
        for verb, done in ((imports.rehearse, "rehearsed"), (imports.commit, "done")):
            verb(job, by=imports.COMMAND_LINE)
            while job.status != done:
                assert job.status != "failed", job.error
                time.sleep(0.1)
                job.refresh_from_db()

    return run


def deed_of(name: str) -> Callable[[], None]:
    if name.startswith("import-"):
        return import_of(int(name.removeprefix("import-")))
    return DEEDS[name]


DEEDS = {"cancel": cancel, "pause": pause, "resume": resume, "opt-out": opt_out}

if __name__ == "__main__":
    main()
