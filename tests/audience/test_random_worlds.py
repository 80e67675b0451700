"""Whatever people share and refuse, the database decides as the rules are told."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from notifications import events
from notifications.audience import Criteria, decide, people, reach, reach_list
from notifications.lifecycle import SkipReason
from notifications.models import OptOut, OptOutAddress, Recipient, Suppression, Tag
from tests.audience.told import Rules
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services

GAS_LEAK = replace(
    events.ANNOUNCEMENT_POSTED, name="gas_leak", priority=events.Priority.CRITICAL
)
EVENTS = (events.ANNOUNCEMENT_POSTED, events.NEWSLETTER, GAS_LEAK)
NAMES = ("Ann", "Ben", "Cy", "Dee", "Eve")
MAILS = [f"m{n}@example.org" for n in range(9)]
PHONES = [f"+44770090000{n}" for n in range(6)]


def fill_with_people(cluster, dice):
    """Few names, few addresses: much is shared."""
    zones = [make_zone(cluster, name) for name in ("Heron", "Kite")]
    for _person in range(22):
        person = make_person(
            cluster,
            dice.choice(NAMES),
            email=dice.choice([*MAILS, None]),
            phone=dice.choice([*PHONES, None, None]),
            tags=("owner",) if dice.random() < 0.4 else (),
            zone=dice.choice([*zones, None]),
            for_staff=dice.random() < 0.05,
        )
        if dice.random() < 0.1:
            person.contact_points.filter(channel="email").update(primary=False)
        if dice.random() < 0.1:
            person.contact_points.filter(channel="sms").update(active=False)
        if dice.random() < 0.05:
            Recipient.objects.filter(pk=person.pk).update(fingerprint="")
        if dice.random() < 0.6:
            refuse(person, dice)
    for point in dice.sample(list(cluster.contact_points.all()), 2):
        Suppression.objects.get_or_create(
            cluster=cluster,
            channel=point.channel,
            fingerprint=point.fingerprint,
            defaults={"reason": "bounce"},
        )
    for person in dice.sample(list(cluster.recipients.all()), 5):
        if dice.random() < 0.5:
            person.archived_at = timezone.now()
            person.save()
        else:
            person.delete()


def refuse(person, dice):
    now = timezone.now()
    refusal = OptOut.objects.create(
        cluster=person.cluster,
        recipient=person,
        source="staff",
        channel=dice.choice(("", "", "email", "sms")),
        category=dice.choice(("", "announcements", "newsletter")),
        lifted_at=dice.choice((None, None, None, now)),
        expires_at=dice.choice(
            (None, None, now - timedelta(days=1), now + timedelta(days=1))
        ),
    )
    for point in person.contact_points.all():
        if refusal.channel in ("", point.channel) and dice.random() < 0.8:
            OptOutAddress.objects.create(
                opt_out=refusal,
                cluster=person.cluster,
                channel=point.channel,
                fingerprint=point.fingerprint,
                person_fingerprint=dice.choice((person.fingerprint,) * 4 + ("",)),
                shared=dice.random() < 0.15,
            )


def audiences(cluster, dice):
    """Everybody, some, and all but some."""
    tags = tuple(Tag.objects.filter(cluster=cluster).values_list("pk", flat=True))
    zone = cluster.zones.order_by("pk").first().pk
    some = dice.choice(list(cluster.recipients.all())).pk
    yield Criteria(everyone=True)
    yield Criteria(tags=tags)
    yield Criteria(everyone=True, exclude_zones=(zone,), exclude_recipients=(some,))


@pytest.mark.parametrize("seed", range(5))
def test_decided_counted_and_listed_as_the_rules_are_told(riverside, hilltop, seed):
    dice = random.Random(seed)  # noqa: S311
    fill_with_people(riverside, dice)
    # Somebody else's refusals of the same addresses count for nothing here.
    fill_with_people(hilltop, dice)
    rules, seen = Rules(riverside), set()
    for criteria in audiences(riverside, dice):
        present = list(people(riverside, criteria))
        for event, channel in product(EVENTS, ("email", "sms")):
            for identical in (False, True):
                told = rules.verdicts(present, event, channel, identical=identical)
                asked = (riverside, criteria, event, channel)
                agree(told, asked, identical, dice)
                seen |= set(told.values())
    assert seen == {"", "no_address", "suppressed", "opted_out", "duplicate"}


def agree(told, asked, identical, dice):
    decided = decide(*asked, identical=identical)
    assert dict(decided.values_list("pk", "verdict")) == told
    some = dice.sample(sorted(told), len(told) // 2)
    narrowed = dict(decided.filter(pk__in=some).values_list("pk", "verdict"))
    assert narrowed == {key: told[key] for key in some}
    counted = Counter(told.values())
    reached = reach(*asked, identical=identical)
    assert reached.people == len(told)
    assert reached.will == counted.pop("", 0)
    assert reached.reasons == dict(counted)
    for verdict in ("", *SkipReason):
        listed = reach_list(*asked, verdict, identical=identical)
        keys = {key for key, why in told.items() if why == verdict}
        assert set(listed.values_list("pk", flat=True)) == keys
