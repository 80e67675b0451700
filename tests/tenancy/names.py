"""How routes, forms and filters name the things of a cluster.

A new route whose arguments are not in ``ARGUMENTS`` fails the walk: add a line.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from .things import Things

Value = Callable[[Things], Any]

#: By route, or by area for all of its routes: argument → the thing's key.
ARGUMENTS: dict[str, dict[str, Value]] = {
    "clusters:join": {"pk": lambda t: t.cluster.pk},
    "clusters:user_deactivate": {"pk": lambda t: t.membership.user_id},
    "clusters:user_activate": {"pk": lambda t: t.membership.user_id},
    "clusters:user_welcome": {"pk": lambda t: t.membership.user_id},
    "clusters:zone_edit": {"pk": lambda t: t.zone.pk},
    "clusters:zone_delete": {"pk": lambda t: t.zone.pk},
    "clusters:member_edit": {"pk": lambda t: t.membership.pk},
    "clusters:member_deactivate": {"pk": lambda t: t.membership.pk},
    "clusters:member_reactivate": {"pk": lambda t: t.membership.pk},
    "clusters:member_welcome": {"pk": lambda t: t.membership.pk},
    "clusters:welcome": {"uidb64": lambda t: "MQ", "token": lambda t: "a-b"},
    "people": {"pk": lambda t: t.person.pk, "link": lambda t: t.contact.pk},
    "people:bulk": {"action": lambda t: "tag"},
    "imports": {"pk": lambda t: t.imported.pk, "uid": lambda t: t.imported.uid},
    "opt_outs": {"pk": lambda t: t.opt_out.pk},
    "messages": {"pk": lambda t: t.template.pk, "number": lambda t: 1},
    "announcements": {"uid": lambda t: t.announcement.uid},
    "announcements:live": {"uid": lambda t: t.dispatch.uid},
    "announcements:live_now": {"uid": lambda t: t.dispatch.uid},
    "announcements:pause": {"uid": lambda t: t.dispatch.uid},
    "announcements:resume": {"uid": lambda t: t.dispatch.uid},
    "announcements:stop": {"uid": lambda t: t.dispatch.uid},
    "announcements:retry": {"uid": lambda t: t.dispatch.uid},
    "delivery": {"pk": lambda t: t.entry.pk, "uid": lambda t: t.dispatch.uid},
    "delivery:outbox_mail": {"pk": lambda t: t.mail},
    "delivery:outbox_html": {"pk": lambda t: t.mail},
    "exports": {"pk": lambda t: t.export.pk, "uid": lambda t: t.export.uid},
    "exports:report": {"pk": lambda t: t.dispatch.pk, "uid": lambda t: t.dispatch.uid},
    "emergencies": {
        "slug": lambda t: "fire",
        "uid": lambda t: t.broadcast.uid,
        "pk": lambda t: t.person.pk,
        "purpose": lambda t: "update",
        "step": lambda t: "update",
    },
    "emergencies:feed": {"uid": lambda t: t.feed.uid},
    "emergencies:feed_switch": {"uid": lambda t: t.feed.uid},
    "drills": {
        "uid": lambda t: t.drill.uid,
        "pk": lambda t: t.person.pk,
        "purpose": lambda t: "update",
        "step": lambda t: "update",
    },
    **{
        f"drills:{page}": {"uid": lambda t: t.plan.uid}
        for page in ("plan", "plan_edit", "plan_pause", "plan_resume", "plan_stop")
    },
    "notices": {
        "slug": lambda t: t.cluster.slug,
        "identifier": lambda t: t.published.identifier,
    },
    "answer": {"token": lambda t: t.answer},
    "review": {"token": lambda t: t.review},
    "logo": {"name": lambda t: "nothing.png"},
    "public:unsubscribe": {"token": lambda t: t.token},
    "public:logo": {"uid": lambda t: t.cluster.uid},
}


def value_of(route: str, argument: str, things: Things) -> Any:
    """What stands for an argument of a route; raises LookupError without a line."""
    for key in (route, route.split(":")[0]):
        if argument in ARGUMENTS.get(key, {}):
            return ARGUMENTS[key][argument](things)
    raise LookupError(
        f"{route} has an argument {argument!r} that the walk cannot fill: "
        "add a line to ARGUMENTS in tests/tenancy/names.py."
    )


def chosen(things: Things) -> dict[str, Any]:
    """Keys of a cluster's things under every name that forms and filters use."""
    one = {
        "zone": things.zone.pk,
        "zone_id": things.zone.pk,
        "parent": things.zone.pk,
        "inside": things.zone.pk,
        "tag": things.tag.pk,
        "recipient": things.person.pk,
        "person": things.person.pk,
        "as": things.person.pk,
        "template": things.template.pk,
        "announcement": things.announcement.pk,
        "dispatch": things.dispatch.pk,
        "export": things.export.pk,
        "import": things.imported.pk,
        "entry": things.entry.pk,
        "cluster": things.cluster.pk,
        "opt_out": things.opt_out.pk,
        "from": things.template.pk,
    }
    many = {
        "zones": [things.zone.pk],
        "exclude_zones": [things.zone.pk],
        "tags": [things.tag.pk],
        "exclude_tags": [things.tag.pk],
        "exclude_recipients": [things.person.pk],
        "people": [things.person.pk],
        "recipients": [things.person.pk],
        "selected": [things.person.pk],
        "id": [things.person.pk],
        "ids": [things.person.pk],
        "entries": [things.entry.pk],
        "also": [things.cluster.slug],
    }
    plain = {
        "name": "Plain",
        "subject": "Plain",
        "reason": "Plain",
        "new_tags": "Plain",
        "go": "1",
        "role": "author",
        "format": "csv",
        "event": "announcement_posted",
        "request_key": str(uuid.uuid4()),
    }
    return one | many | plain
