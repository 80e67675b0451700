"""An announcement in two languages, by mail and by text, and people who read three."""

from __future__ import annotations

from notifications.composing.wordings import Wording
from tests.dispatching.announcing import draft
from tests.personas import make_person

PHONE = "+447700900{:03d}"
BOTH = ("email", "sms")
FRENCH = Wording(
    subject="Eau coupée lundi",
    blocks=({"type": "text", "value": "<p>Pas d'eau de 9 à 12.</p>", "id": "t"},),
    sms="Eau coupée lundi de 9 à 12.",
)
SAID_EN, SAID_FR = "Water off on Monday, 9 to 12.", "Eau coupée lundi de 9 à 12."


def in_two_languages(**fields):
    """The draft of it; French people have a mail and a text of their own."""
    given = {
        "sms": SAID_EN,
        "translations": {"fr": FRENCH},
        "channels": BOTH,
    }
    return draft(**(given | fields))


def make_readers(cluster):
    """Ann reads English, Bea French, Cy too without mail, Di Polish without a phone."""
    make_person(cluster, "Ann", email="ann@example.org", phone=PHONE.format(1))
    make_person(
        cluster, "Bea", email="bea@example.org", phone=PHONE.format(2), language="fr"
    )
    make_person(cluster, "Cy", phone=PHONE.format(3), language="fr-ca")
    make_person(cluster, "Di", email="di@example.org", language="pl")
    make_person(cluster, "Eve")
