"""Tells the demo's story with the same actions that staff use."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from console.demo.clock import at, days_from_now
from console.demo.mail import into_the_outbox
from notifications import delivery, dispatching, scope
from notifications.actions import (
    announcements,
    broadcasts,
    clusters,
    members,
    opt_outs,
    zones,
)
from notifications.actions.scenarios import scenarios_of
from notifications.actors import Actor, ActorKind, acting
from notifications.alerting import AnswerState, Purpose
from notifications.audience import Criteria
from notifications.errors import TocsinError
from notifications.events import Lane
from notifications.models import (
    Cluster,
    ContactPoint,
    Dispatch,
    MessageTemplate,
    NotificationLog,
    OptOutSource,
    Recipient,
    Role,
    Tag,
    Zone,
)

FOLDER = settings.BASE_DIR / "fixtures" / "demo"
PASSWORD = "tocsin-demo"  # noqa: S105 - printed at every start, for all to see
FOUNDED_DAYS_AGO = 9
Step = tuple[datetime, Callable[[], Any]]


class DemoRefused(TocsinError):
    """The demo must not be put into a real installation."""


def load() -> bool:
    """Load the demo unless there is something here already; says whether it did.

    All of it in one transaction, so that a load that is cut off leaves nothing.
    """
    if settings.TOCSIN_ENVIRONMENT == "production":
        raise DemoRefused(_("This is a production installation: no demo goes in."))
    if Cluster._base_manager.exists():
        return False
    story = json.loads((FOLDER / "story.json").read_text())
    with scope.every_cluster(), transaction.atomic():
        _tell(story)
        _write_logins(story)
    return True


def _tell(story: Mapping[str, Any]) -> None:
    staff = {person["email"]: _hire(person) for person in story["staff"]}
    admin = next(user for user in staff.values() if user.is_superuser)
    founded = datetime.now(UTC) - timedelta(days=FOUNDED_DAYS_AGO)
    steps: list[Step] = []
    for given in story["clusters"]:
        with at(founded):
            cluster = _found(given, admin, story["staff"], staff)
        steps += _steps(cluster, given, staff)
    for moment, step in sorted(steps, key=lambda one: one[0]):
        with at(moment):
            step()


def _hire(person: Mapping[str, Any]) -> Any:
    users = get_user_model().objects
    make = users.create_superuser if person.get("platform_admin") else users.create_user
    return make(
        person["email"],
        PASSWORD,
        first_name=person["first_name"],
        last_name=person["last_name"],
        phone=person.get("phone", ""),
    )


def _found(
    given: Mapping[str, Any],
    admin: Any,
    people: list[dict[str, Any]],
    staff: Mapping[str, Any],
) -> Cluster:
    """A cluster with its staff, its zones and the people of its file."""
    slug, manager = given["slug"], staff[given["manager"]]
    details = {"name": given["name"], "slug": slug} | given["settings"]
    cluster = clusters.create(details, manager.email, by=admin).cluster
    for person in people:
        role = person["memberships"].get(slug)
        if role and person["email"] != manager.email:
            members.invite(cluster, person["email"], Role(role), by=manager)
    for name, inside in given["zones"].items():
        zone = zones.add(cluster, name, by=manager)
        for each in inside:
            zones.add(cluster, each, zone, by=manager)
    call_command(
        "import_recipients",
        str(FOLDER / f"{slug}.csv"),
        cluster=slug,
        by=manager.email,
        stdout=io.StringIO(),
    )
    return cluster


def _steps(
    cluster: Cluster, given: Mapping[str, Any], staff: Mapping[str, Any]
) -> list[Step]:
    """What happened in this cluster since, each with its time."""
    zone = cluster.time_zone
    steps: list[Step] = []
    gone = _addresses(cluster, given["gone"])
    for said in given["announcements"]:
        moment = days_from_now(-said["days_ago"], said["at"], zone)
        steps.append((moment, _sending(cluster, said, staff[said["by"]], gone)))
    for wish in given["opt_outs"]:
        moment = days_from_now(-wish["days_ago"], "12:00", zone)
        steps.append((moment, _refusing(cluster, wish, staff[given["manager"]])))
    for drill in given.get("drills", ()):
        moment = days_from_now(-drill["days_ago"], drill["at"], zone)
        act = _drilling(cluster, drill, staff[drill["by"]], gone)
        steps.append((moment, act))
    today = datetime.now(UTC) - timedelta(minutes=20)
    if draft := given.get("draft"):
        steps.append((today, _drafting(cluster, draft, staff[draft["by"]])))
    if later := given.get("scheduled"):
        steps.append((today, _scheduling(cluster, later, staff[later["by"]])))
    return steps


def _drafting(cluster: Cluster, said: Mapping[str, Any], by: Any) -> Callable[[], Any]:
    def draft() -> Any:
        template = MessageTemplate.objects.get(cluster=None, slug=said["template"])
        words = announcements.draft_from_template(template, cluster.language)
        given = replace(
            words,
            criteria=_criteria(cluster, said["to"]),
            channels=tuple(said.get("channels", words.channels)),
            channel_mode=said.get("channel_mode", words.channel_mode),
        )
        with acting(Actor.staff(by)):
            return announcements.create_draft(cluster, given, by=by)

    return draft


def _sending(
    cluster: Cluster, said: Mapping[str, Any], by: Any, gone: set[str]
) -> Callable[[], Any]:
    draft = _drafting(cluster, said, by)

    def send() -> None:
        announcement = draft()
        with acting(Actor.staff(by)):
            dispatch = announcements.send_now(announcement, by=by)
        if dispatch is not None:  # None where a second person must approve first.
            _deliver(dispatch, gone)

    return send


def _drilling(
    cluster: Cluster, drill: Mapping[str, Any], by: Any, gone: set[str]
) -> Callable[[], Any]:
    """A drill from its scenario to all clear; two of three answer, one needs help."""

    def act() -> None:
        scenario = scenarios_of(cluster).get(slug=drill["scenario"])
        criteria = _criteria(cluster, drill["to"])
        draft = broadcasts.draft_from_scenario(scenario, criteria)
        with acting(Actor.staff(by)):
            made = broadcasts.create_draft(cluster, draft, by=by, is_drill=True)
            will = broadcasts.reach_of(made).will
            alert = broadcasts.send_alone(made, by=by, confirmed_people=will)
        _deliver(alert, gone)
        entries = NotificationLog.objects.filter(dispatch=alert, status="sent")
        for number, entry in enumerate(entries.order_by("recipient", "id")):
            if number % 3:
                state = AnswerState.HELP if number == 1 else AnswerState.SAFE
                person = Actor(ActorKind.PERSON, entry.recipient_id, "The person")
                with acting(person):
                    broadcasts.answer(entry, state)
        with acting(Actor.staff(by)):
            over = broadcasts.follow_up(made, Purpose.ALL_CLEAR, by=by)
        _deliver(over, gone)

    return act


def _deliver(dispatch: Dispatch, gone: set[str]) -> None:
    with into_the_outbox(gone):
        dispatching.fan_out(dispatch.pk)
        delivery.drain([int(lane) for lane in Lane], "demo")


def _scheduling(
    cluster: Cluster, said: Mapping[str, Any], by: Any
) -> Callable[[], Any]:
    draft = _drafting(cluster, said, by)
    moment = days_from_now(said["in_days"], said["at"], cluster.time_zone)

    def schedule() -> None:
        announcement = draft()
        wall = moment.astimezone(ZoneInfo(cluster.time_zone)).replace(tzinfo=None)
        with acting(Actor.staff(by)):
            announcements.schedule(announcement, by=by, send_at_wall=wall)

    return schedule


def _refusing(cluster: Cluster, wish: Mapping[str, Any], by: Any) -> Callable[[], Any]:
    def refuse() -> None:
        opt_outs.opt_out(
            cluster,
            Recipient.objects.get(cluster=cluster, external_id=wish["person"]),
            source=OptOutSource.STAFF,
            category=wish["category"],
            reason=wish["reason"],
            evidence=wish["evidence"],
            by=by,
        )

    return refuse


def _criteria(cluster: Cluster, to: Any) -> Criteria:
    if to == "everyone":
        return Criteria(everyone=True)
    return Criteria(
        zones=_keys(Zone, cluster, to.get("zones", ())),
        tags=_keys(Tag, cluster, to.get("tags", ())),
    )


def _keys(model: Any, cluster: Cluster, names: Iterable[str]) -> tuple[int, ...]:
    found = model._default_manager.filter(cluster=cluster, name__in=list(names))
    return tuple(found.values_list("pk", flat=True))


def _addresses(cluster: Cluster, external_ids: list[str]) -> set[str]:
    points = ContactPoint.objects.filter(
        cluster=cluster, recipient__external_id__in=external_ids, channel="email"
    )
    return set(points.values_list("value", flat=True))


def _write_logins(story: Mapping[str, Any]) -> None:
    lines = [f"Sign in with the password {PASSWORD} as"]
    for person in story["staff"]:
        roles = person["memberships"]
        what = ", ".join(f"{role} of {slug}" for slug, role in roles.items())
        lines.append(f"  {person['email']:<26} {what or 'platform admin'}")
    (settings.DATA_DIR / "demo-logins.txt").write_text("\n".join(lines) + "\n")
