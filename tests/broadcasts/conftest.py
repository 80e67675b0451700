"""A gas leak at Riverside: who lives there, and what is to be said."""

from __future__ import annotations

from typing import Any

import pytest

from notifications import dispatching
from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.audience import Criteria
from notifications.composing.emergencies import Words
from notifications.models import Broadcast, Dispatch, Role
from tests import flow
from tests.broadcasts.guarded import taken_away
from tests.delivery.scripted import accepted, answering
from tests.personas import join, make_person, make_user, make_zone

PHONE = "+447700900{:03d}"
EN = Words(
    headline="Gas leak in {{ place }}",
    description="There is a gas leak in {{ place }}. The gas company is on its way.",
    instruction="Leave the building now. Meet at {{ meeting_point }}.",
    sms="Gas leak in {{ place }}. Leave now. Meet at {{ meeting_point }}.",
)
FR = Words(
    headline="Fuite de gaz : {{ place }}",
    description="Il y a une fuite de gaz : {{ place }}.",
    instruction="Quittez le bâtiment. Rendez-vous : {{ meeting_point }}.",
    sms="Fuite de gaz : {{ place }}. Sortez. Rendez-vous : {{ meeting_point }}.",
)


def short(headline: str) -> Words:
    return Words(headline=headline, description=f"{headline}.", sms=f"{headline}.")


WORDS = {
    Purpose.ALERT: {"en": EN, "fr": FR},
    Purpose.UPDATE: {
        "en": short("The gas is still off"),
        "fr": short("Toujours fermé"),
    },
    Purpose.ALL_CLEAR: {"en": short("It is over"), "fr": short("C'est fini")},
    Purpose.SENT_IN_ERROR: {"en": short("It was a mistake"), "fr": short("Une erreur")},
}


@pytest.fixture(autouse=True)
def without(request):
    """The product without the guards that a test names: see ``guarded``."""
    with taken_away(getattr(request, "param", "")):
        yield


@pytest.fixture(autouse=True)
def both_channels(settings):
    way = "notifications.channels.email.EmailChannel"
    settings.TOCSIN_CHANNELS = {"sms": way, "email": way}


@pytest.fixture
def residents(riverside):
    """Ann has both, Bea reads French, Cy has only a phone; Di cannot be reached."""
    heron = make_zone(riverside, "Heron block")
    make_person(
        riverside, "Ann", email="ann@example.org", phone=PHONE.format(1), zone=heron
    )
    make_person(riverside, "Bea", email="bea@example.org", language="fr", zone=heron)
    make_person(riverside, "Cy", phone=PHONE.format(3), zone=heron)
    make_person(riverside, "Di", zone=heron)
    make_person(riverside, "Eve", email="eve@example.org")
    return heron


@pytest.fixture
def gas(residents) -> broadcasts.Draft:
    """Extreme, by text and by mail, for Heron block."""
    return broadcasts.Draft(
        words=WORDS,
        blanks={"meeting_point": "the north gate"},
        criteria=Criteria(zones=(residents.pk,)),
        severity="Extreme",
    )


@pytest.fixture
def careful(riverside):
    """Riverside asks for a second person, and breaks the glass after ten minutes."""
    riverside.requires_approval = True
    riverside.save()
    return riverside


@pytest.fixture
def there(careful, hilltop, residents, ada):
    """Ada writes at Hilltop too, where Hal and Ivy live; it asks for no second person.

    Riverside does.
    """
    join(ada, hilltop, Role.AUTHOR)
    make_person(hilltop, "Hal", email="hal@example.org", phone=PHONE.format(8))
    make_person(hilltop, "Ivy", email="ivy@example.org")
    return hilltop


@pytest.fixture
def strict(there):
    """Hilltop asks for a second person as well: gail."""
    there.requires_approval = True
    there.save()
    return there


@pytest.fixture
def gail(there):
    user = make_user("gail@example.org", "Gail")
    join(user, there, Role.APPROVER)
    return user


@pytest.fixture
def drafted(careful, gas, ada) -> Broadcast:
    return broadcasts.create_draft(careful, gas, by=ada)


@pytest.fixture
def submitted(drafted, ada) -> Broadcast:
    broadcasts.submit(drafted, by=ada)
    return drafted


@pytest.fixture
def live(submitted, grace) -> Broadcast:
    """Approved by grace, and written down for everybody; nobody has it yet."""
    dispatch = broadcasts.approve(
        submitted, by=grace, confirmed_people=3, typed_people=3
    )
    fan_out(dispatch)
    return submitted


@pytest.fixture
def arrived(live, monkeypatch) -> Broadcast:
    """Everybody who can has it."""
    answering(monkeypatch, accepted)
    flow.deliver()
    return live


@pytest.fixture
def said(monkeypatch) -> list[tuple[str, str, str]]:
    """Whom, under which subject, in which words: as it left the house."""
    heard: list[tuple[str, str, str]] = []

    def answer(message):
        heard.append((message.to, message.subject, message.text))
        return accepted(message)

    answering(monkeypatch, answer)
    return heard


def fan_out(dispatch: Dispatch) -> None:
    dispatching.fan_out(dispatch.pk)
    flow.make_due()


def rows(broadcast: Broadcast, purpose: str = Purpose.ALERT) -> set[tuple[Any, ...]]:
    """Name, channel and status of everybody in one message of a broadcast."""
    dispatch = broadcast.dispatches.get(purpose=purpose)
    found = flow.entries(dispatch)
    return set(found.values_list("recipient__name", "channel", "status"))
