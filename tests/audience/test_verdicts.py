"""Who will get it, and for everybody else the one reason that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import events
from notifications.audience import Criteria, Reach, decide, reach, reach_list
from notifications.lifecycle import SkipReason
from notifications.models import OptOut, OptOutAddress, Suppression
from tests.personas import make_person

pytestmark = pytest.mark.services

EVERYONE = Criteria(everyone=True)
EVENT = events.ANNOUNCEMENT_POSTED
GAS_LEAK = replace(EVENT, name="gas_leak", priority=events.Priority.CRITICAL)


def verdicts(cluster, event=EVENT, *, identical=False):
    decided = decide(cluster, EVERYONE, event, "email", identical=identical)
    return dict(decided.values_list("name", "verdict"))


def opt_out(person, **fields):
    given = {"source": "staff"} | fields
    return OptOut.objects.create(cluster=person.cluster, recipient=person, **given)


def hold_on(opt_out, person, *, shared=False):
    point = person.contact_points.get(channel="email")
    OptOutAddress.objects.create(
        opt_out=opt_out,
        cluster=person.cluster,
        channel="email",
        fingerprint=point.fingerprint,
        person_fingerprint=person.fingerprint,
        shared=shared,
    )


def suppress(person):
    point = person.contact_points.get(channel="email")
    Suppression.objects.create(
        cluster=person.cluster,
        channel="email",
        fingerprint=point.fingerprint,
        reason="bounce",
    )


def test_who_has_an_address_gets_it(riverside):
    make_person(riverside, "Ann", email="ann@example.org")
    assert verdicts(riverside) == {"Ann": ""}


def test_no_address_on_this_channel(riverside):
    make_person(riverside, "Ann", phone="+442079460001")
    inactive = make_person(riverside, "Ben", email="ben@example.org")
    inactive.contact_points.update(active=False)
    assert verdicts(riverside) == {"Ann": "no_address", "Ben": "no_address"}


def test_a_suppressed_address_is_not_used_not_even_in_an_emergency(riverside, hilltop):
    ann = make_person(riverside, "Ann", email="ann@example.org")
    suppress(ann)
    make_person(hilltop, "Ann", email="ann@example.org")
    assert verdicts(riverside) == {"Ann": "suppressed"}
    assert verdicts(riverside, GAS_LEAK) == {"Ann": "suppressed"}
    assert verdicts(hilltop) == {"Ann": ""}


@pytest.mark.parametrize(
    ("channel", "category", "verdict"),
    [
        ("", "", "opted_out"),
        ("email", "", "opted_out"),
        ("", "announcements", "opted_out"),
        ("email", "announcements", "opted_out"),
        ("sms", "", ""),
        ("", "payments", ""),
    ],
)
def test_an_opt_out_counts_for_its_channel_and_category(
    riverside, channel, category, verdict
):
    ann = make_person(riverside, "Ann", email="ann@example.org")
    opt_out(ann, channel=channel, category=category)
    assert verdicts(riverside) == {"Ann": verdict}


def test_an_emergency_reaches_who_opted_out(riverside):
    opt_out(make_person(riverside, "Ann", email="ann@example.org"))
    assert verdicts(riverside, GAS_LEAK) == {"Ann": ""}


def test_lifted_and_expired_opt_outs_count_no_more(riverside):
    ann = make_person(riverside, "Ann", email="ann@example.org")
    opt_out(ann, lifted_at=timezone.now())
    opt_out(ann, expires_at=timezone.now() - timedelta(days=1))
    assert verdicts(riverside) == {"Ann": ""}


def test_an_opt_out_finds_the_same_person_at_the_same_address_again(riverside):
    gone = make_person(riverside, "Ann", email="ann@example.org")
    hold_on(opt_out(gone), gone)
    make_person(riverside, "ANN", email="ann@example.org")
    make_person(riverside, "Bob", email="ann@example.org")
    assert verdicts(riverside) == {"Ann": "opted_out", "ANN": "opted_out", "Bob": ""}


def test_a_refusal_from_the_address_itself_holds_for_all_who_share_it(riverside):
    ann = make_person(riverside, "Ann", email="home@example.org")
    hold_on(opt_out(ann), ann, shared=True)
    make_person(riverside, "Bob", email="home@example.org")
    assert verdicts(riverside)["Bob"] == "opted_out"


@pytest.mark.parametrize("how", ["archived", "deleted"])
def test_a_refusal_of_somebody_who_is_gone_holds_for_all_at_the_address(riverside, how):
    ann = make_person(riverside, "Ann", email="home@example.org")
    hold_on(opt_out(ann), ann)
    make_person(riverside, "Bob", email="home@example.org")
    if how == "deleted":
        ann.delete()
    else:
        ann.archived_at = timezone.now()
        ann.save()
    assert verdicts(riverside) == {"Bob": "opted_out"}


def test_no_name_is_nobodys_name(riverside):
    ann = make_person(riverside, "Ann", email="home@example.org")
    hold_on(opt_out(ann), ann)
    OptOutAddress.objects.update(person_fingerprint="")
    bob = make_person(riverside, "Bob", email="home@example.org")
    type(bob).objects.filter(pk=bob.pk).update(fingerprint="")
    assert verdicts(riverside)["Bob"] == ""


def test_the_first_reason_counts(riverside):
    ann = make_person(riverside, "Ann", email="ann@example.org")
    suppress(ann)
    opt_out(ann)
    assert verdicts(riverside) == {"Ann": "suppressed"}
    ann.contact_points.update(active=False)
    assert verdicts(riverside) == {"Ann": "no_address"}


def test_same_address_and_same_words_go_once_to_the_first_who_may(riverside):
    ann = make_person(riverside, "Ann", email="home@example.org")
    make_person(riverside, "Bob", email="home@example.org")
    make_person(riverside, "Cy", email="home@example.org")
    opt_out(ann)
    assert verdicts(riverside, identical=True) == {
        "Ann": "opted_out",
        "Bob": "",
        "Cy": "duplicate",
    }


def test_personal_words_are_no_duplicates(riverside):
    make_person(riverside, "Ann", email="home@example.org")
    make_person(riverside, "Bob", email="home@example.org")
    assert set(verdicts(riverside).values()) == {""}


def test_nobody_is_a_duplicate_in_an_emergency(riverside):
    make_person(riverside, "Ann", email="home@example.org")
    make_person(riverside, "Bob", email="home@example.org")
    assert set(verdicts(riverside, GAS_LEAK, identical=True).values()) == {""}


def test_the_reach_counts_and_each_number_opens_its_list(riverside):
    make_person(riverside, "Ann", email="home@example.org")
    make_person(riverside, "Bob", email="home@example.org")
    make_person(riverside, "Cy")
    reached = reach(riverside, EVERYONE, EVENT, "email", identical=True)
    assert reached == Reach(
        people=3,
        will=1,
        reasons={SkipReason.NO_ADDRESS: 1, SkipReason.DUPLICATE: 1},
    )
    assert reached.will_not == 2
    for reason, number in [("", 1), *reached.reasons.items()]:
        found = reach_list(riverside, EVERYONE, EVENT, "email", reason, identical=True)
        assert found.count() == number
    assert [p.name for p in found] == ["Bob"]


def test_the_reach_is_one_query(riverside, django_assert_num_queries):
    make_person(riverside, "Ann", email="ann@example.org")
    with django_assert_num_queries(1):
        reach(riverside, EVERYONE, EVENT, "email", identical=True)
