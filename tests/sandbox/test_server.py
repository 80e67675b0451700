"""The sandbox is a real mail server that delivers nowhere and stops politely."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from console.sandbox.server import LARGEST
from console.sandbox.store import OutboxStore
from notifications.channels import Message, get_channel
from tests.channels.letters import compose

HERE = Path(__file__).resolve().parents[2]
CLUSTER = "11111111-aaaa"
SENDER = "office@riverside.example"


def letter(name: str, **changes: object) -> Message:
    given: dict[str, object] = {
        "key": f"entry-{name}",
        "to": f"{name}@example.org",
        "sender": SENDER,
        "subject": f"Hello {name}",
        "text": "one\n.two\n.\n",
        "html": "<p>Grüße</p>",
        "headers": {"X-Tocsin-Cluster": CLUSTER, "X-Tocsin-Entry": name},
    }
    return compose(**given | changes)


# The server without Django around it: starts in a tenth of the time.
BARE = """
import sys
from console.sandbox.server import serve
from console.sandbox.store import OutboxStore
ready = lambda port: print(f"listens on 127.0.0.1:{port} ", flush=True)
serve(OutboxStore(sys.argv[1]), 0, ready)
"""


class Running:
    """A sandbox in a process of its own."""

    def __init__(self, folder: Path, *, managed: bool = False) -> None:
        self.store = OutboxStore(folder / "outbox.sqlite3")
        bare = ["-c", BARE, str(self.store.path)]
        command = ["manage.py", "sandbox_mail", "--port=0"] if managed else bare
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "console.settings.test",
            "DATA_DIR": str(folder),
            "PYTHONPATH": str(HERE / "site"),
        }
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=HERE,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        assert self.said, "the sandbox did not start"
        self.port = int(self.said.split(":")[1].split()[0])

    def stop(self, name: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(name)
        out, errors = self.process.communicate(timeout=30)
        return self.process.returncode, out, errors


@contextmanager
def running(folder: Path, *, managed: bool = False) -> Iterator[Running]:
    sandbox = Running(folder, managed=managed)
    try:
        yield sandbox
    finally:
        if sandbox.process.poll() is None:
            sandbox.process.kill()
        sandbox.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def channel(sandbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sandbox.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 15
    with get_channel("email") as channel:
        yield channel


def test_mail_of_the_channel_is_in_the_outbox_as_soon_as_it_is_accepted(
    sandbox, channel
):
    (receipt,) = channel.send([letter("alice")])
    assert receipt.accepted
    found = sandbox.store.of_entry([CLUSTER], "alice")
    assert found is not None
    assert found.item.to == "alice@example.org"
    assert found.item.sender == SENDER
    assert found.item.subject == "Hello alice"
    assert b"one\r\n.two\r\n=2E\r\n" in found.raw
    assert b"X-Tocsin-Key: entry-alice" in found.raw


def test_an_address_with_letters_of_its_own_is_taken(sandbox, channel):
    (receipt,) = channel.send([letter("zoe", to="zoë@example.org")])
    assert receipt.accepted
    found = sandbox.store.of_entry([CLUSTER], "zoe")
    assert found is not None
    assert found.item.to == "zoë@example.org"


def test_mail_that_is_too_large_is_refused_and_the_next_one_is_not(sandbox, channel):
    big = letter("bob", text="so many words in a mail\n" * (LARGEST // 20))
    receipts = list(channel.send([big, letter("charlie")]))
    assert [one.outcome for one in receipts] == ["permanent", "accepted"]
    assert sandbox.store.of_entry([CLUSTER], "bob") is None


def test_it_offers_what_modern_mail_needs(sandbox):
    with smtplib.SMTP("127.0.0.1", sandbox.port) as client:
        client.ehlo()
        assert {"size", "8bitmime", "smtputf8"} <= set(client.esmtp_features)


def test_it_listens_on_this_machine_only(sandbox):
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in addresses - {"127.0.0.1", "::1", "127.0.1.1"}:
        with pytest.raises(ConnectionError):
            socket.create_connection((address, sandbox.port), timeout=5).close()


def test_the_command_says_where_it_listens_and_stops_when_asked(tmp_path):
    with running(tmp_path, managed=True) as sandbox:
        assert f"127.0.0.1:{sandbox.port}" in sandbox.said
        assert str(tmp_path / "outbox.sqlite3") in sandbox.said
        code, out, errors = sandbox.stop()
    assert (code, errors) == (0, "")
    assert "has stopped" in out


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_when_idle_and_keeps_what_it_has(tmp_path, name):
    with running(tmp_path) as sandbox:
        with smtplib.SMTP("127.0.0.1", sandbox.port) as client:
            client.sendmail(SENDER, ["ada@example.org"], b"Subject: kept\r\n\r\nhi")
        code, _, errors = sandbox.stop(name)
    assert (code, errors) == (0, "")
    assert [one.subject for one in sandbox.store.page([""])] == ["kept"]


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionError:
        return False
    return True


def test_the_message_in_hand_is_finished_and_no_new_one_begun(tmp_path):
    with running(tmp_path) as sandbox, ExitStack() as clients:
        busy, idle = (smtplib.SMTP("127.0.0.1", sandbox.port) for _ in range(2))
        for client in (busy, idle):
            clients.callback(client.close)
            client.ehlo()
        assert busy.mail(SENDER)[0] == 250
        sandbox.process.send_signal(signal.SIGTERM)
        while listens(sandbox.port):
            assert sandbox.process.poll() is None
        assert idle.mail(SENDER)[0] == 421
        assert busy.rcpt("ada@example.org")[0] == 250
        assert busy.data(b"Subject: in hand\r\n\r\nhi\r\n")[0] == 250
        assert sandbox.process.wait(30) == 0
    assert [one.subject for one in sandbox.store.page([""])] == ["in hand"]


def test_a_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken.*SANDBOX_SMTP"):
            call_command("sandbox_mail", port=port, store=tmp_path / "outbox.sqlite3")


def test_an_outbox_that_cannot_be_written_delays_mail_and_loses_none(tmp_path):
    (tmp_path / "outbox.sqlite3").mkdir()
    with running(tmp_path) as sandbox:
        with smtplib.SMTP("127.0.0.1", sandbox.port) as client:
            client.ehlo()
            client.mail(SENDER)
            client.rcpt("ada@example.org")
            code, _ = client.data(b"Subject: x\r\n\r\nhi\r\n")
        sandbox.stop()
    assert code == 451


def test_its_log_names_nobody(tmp_path):
    with running(tmp_path) as sandbox:
        with smtplib.SMTP("127.0.0.1", sandbox.port) as client:
            client.sendmail(SENDER, ["ada@example.org"], b"Subject: secret\r\n\r\nhi")
        _, out, errors = sandbox.stop()
    assert "ada@" not in out + errors
    assert "secret" not in out + errors
