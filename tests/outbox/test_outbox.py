"""The Outbox: mail of this cluster that the sandbox kept."""

from __future__ import annotations

import sqlite3
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from console.delivery.mailbox import links_in
from console.management.commands.sandbox_mail import FILE
from console.sandbox.store import OutboxStore
from notifications.models import Cluster
from tests.personas import make_person
from tests.sent import make_dispatch, make_entry

from .conftest import Open

pytestmark = pytest.mark.django_db

PHONE = "+447700900123"
HTML = (
    '<p>Water is off</p><script>alert(1)</script><a href="https://example.org/stop">'
    'Stop <b>these</b></a><a href="javascript:alert(1)">bad</a>'
)


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Any:
    """Where the sandbox keeps mail, empty."""
    settings.DATA_DIR = tmp_path
    settings.USE_SANDBOX_MAIL = True
    store = OutboxStore(tmp_path / FILE)
    yield store
    store.close()


def drop(
    kept: OutboxStore,
    cluster: Cluster,
    subject: str = "Water off",
    *,
    to: str = "anna@example.org",
    entry: int | None = None,
    html: str = HTML,
) -> int:
    """A mail as the worker sends it."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "office@example.org", to
    mail["X-Tocsin-Cluster"] = str(cluster.uid)
    if entry:
        mail["X-Tocsin-Entry"] = str(entry)
    mail.set_content("Water is off, in words")
    if html:
        mail.add_alternative(html, subtype="html")
    return kept.add(mail.as_bytes(), "office@example.org", to)


def text(kept: OutboxStore, cluster: Cluster, words: str, *, to: str = PHONE) -> int:
    """A text message as the worker hands it over."""
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Riverside Q", "office@example.org"
    mail["To"] = f"{to}@sms.sandbox"
    mail["X-Tocsin-Cluster"], mail["X-Tocsin-Channel"] = str(cluster.uid), "sms"
    mail.set_content(words)
    return kept.add(mail.as_bytes(), "office@example.org", str(mail["To"]))


def test_without_mail_it_teaches_how_to_get_some(page: Open, kept: Any) -> None:
    shown = page("delivery/outbox/").content.decode()

    assert "Nothing yet" in shown
    assert "nothing here has left this machine" in shown


def test_it_lists_the_mail_of_this_cluster_alone(
    page: Open, kept: OutboxStore, riverside: Cluster, hilltop: Cluster
) -> None:
    mine = drop(kept, riverside, "Réunion")
    canary = drop(kept, hilltop, "CANARY", to="canary@example.org")

    shown = page("delivery/outbox/").content.decode()

    assert "Réunion" in shown
    assert f"/c/riverside/admin/delivery/outbox/{mine}/" in shown
    assert "CANARY" not in shown
    assert "CANARY" not in page("delivery/outbox/", q="canary").content.decode()
    for path in (f"outbox/{canary}/", f"outbox/{canary}/html/"):
        assert page(f"delivery/{path}").status_code == 404


def test_it_finds_by_address_and_subject(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    drop(kept, riverside, "Réunion", to="zoe@example.org")
    drop(kept, riverside, "Water off")

    assert "Water off" not in page("delivery/outbox/", q="RÉUNION").content.decode()
    assert "Réunion" in page("delivery/outbox/", q="zoe@").content.decode()
    assert "Nothing is like this" in page("delivery/outbox/", q="xyz").content.decode()


def test_a_text_is_listed_by_its_first_words_and_its_number(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    text(kept, riverside, "Gas leak in Heron. Leave the building now.")
    drop(kept, riverside, "Water off")

    (item,) = page("delivery/outbox/", channel="sms").context["items"]

    assert item.subject == "Gas leak in Heron. Leave the building now."
    assert item.to == PHONE
    assert "Water off" in page("delivery/outbox/", channel="email").content.decode()
    assert len(page("delivery/outbox/", channel="nonsense").context["items"]) == 2


def test_a_text_is_shown_as_on_a_phone_with_what_it_costs(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    key = text(kept, riverside, "Fuite de gaz à l'hôtel.\nhttps://example.org/a/x7")

    shown = page(f"delivery/outbox/{key}/").content.decode()

    assert "Fuite de gaz à l&#x27;hôtel.<br>" in shown
    assert "Riverside Q" in shown
    assert "<b>1</b> segment" in shown
    assert "<b>ô</b> makes it cost more" in shown
    assert 'href="https://example.org/a/x7"' in shown


def test_an_outbox_of_an_older_version_is_begun_anew(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    with sqlite3.connect(kept.path) as old:
        old.executescript("CREATE TABLE mail (id INTEGER); PRAGMA user_version = 1")
    assert "Nothing yet" in page("delivery/outbox/").content.decode()
    drop(kept, riverside, "Water off")
    assert "Water off" in page("delivery/outbox/").content.decode()


def test_pages_go_on_where_the_last_one_ended(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    keys = [drop(kept, riverside, f"Mail {number:02d}") for number in range(52)]

    first = page("delivery/outbox/")
    second = page("delivery/outbox/", before=first.context["older"])

    assert [item.id for item in second.context["items"]] == keys[1::-1]


def test_the_frame_can_do_nothing(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    key = drop(kept, riverside)

    answer = page(f"delivery/outbox/{key}/html/")

    assert answer.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "img-src 'self' data:; frame-ancestors 'self'"
    )
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Water is off" in answer.content.decode()


def test_a_mail_can_be_seen_in_every_way(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    key = drop(kept, riverside)

    def shown(**query: str) -> str:
        return str(page(f"delivery/outbox/{key}/", **query).content.decode())

    assert f'sandbox src="/c/riverside/admin/delivery/outbox/{key}/html/"' in shown()
    assert "mail-phone" in shown(width="phone")
    assert "Water is off, in words" in shown(view="text")
    assert "X-Tocsin-Cluster" in shown(view="headers")
    assert "multipart/alternative" in shown(view="source")
    assert "<script>alert(1)" not in shown(view="source")
    assert "<iframe" in shown(view="odd")


def test_a_mail_without_html_opens_as_text(
    page: Open, kept: OutboxStore, riverside: Cluster
) -> None:
    key = drop(kept, riverside, html="")

    shown = page(f"delivery/outbox/{key}/").content.decode()

    assert "Water is off, in words" in shown
    assert "<iframe" not in shown


def test_web_links_can_be_followed_and_nothing_else() -> None:
    assert list(links_in(HTML)) == [("https://example.org/stop", "Stop these")]


def test_mail_and_entry_lead_to_each_other(
    page: Open, kept: OutboxStore, riverside: Cluster, hilltop: Cluster
) -> None:
    person = make_person(riverside, "Anna", email="anna@example.org")
    entry = make_entry(make_dispatch(riverside), person)
    foreign = make_entry(make_dispatch(hilltop), make_person(hilltop, "CANARY"))
    key = drop(kept, riverside, entry=entry.pk)
    odd = drop(kept, riverside, entry=foreign.pk)

    mail = page(f"delivery/outbox/{key}/").content.decode()
    log = page(f"delivery/log/{entry.pk}/").content.decode()

    assert f"/c/riverside/admin/delivery/log/{entry.pk}/" in mail
    assert f"/c/riverside/admin/delivery/outbox/{key}/" in log
    assert "/delivery/log/" not in _main(page(f"delivery/outbox/{odd}/"))


def _main(answer: Any) -> str:
    """The page without its menu."""
    return str(answer.content.decode().split("<h1", 1)[1])


def test_with_real_mail_it_says_where_mail_goes(
    page: Open, kept: OutboxStore, riverside: Cluster, settings: Any
) -> None:
    key = drop(kept, riverside)
    settings.USE_SANDBOX_MAIL = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp.example.org", 587

    shown = page("delivery/outbox/").content.decode()

    assert "over SMTP to smtp.example.org, port 587" in shown
    assert page(f"delivery/outbox/{key}/").status_code == 404


def test_a_number_that_no_mail_has_is_not_found(page: Open, kept: Any) -> None:
    assert page("delivery/outbox/7/").status_code == 404
    assert page(f"delivery/outbox/{10**30}/").status_code == 404
