"""`manage.py serve` starts the right set, or says in a sentence why it cannot."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from console.management.commands import serve, web


@pytest.fixture(autouse=True)
def a_data_folder(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_taken_port_is_said_with_the_variable_to_set():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} .*make run PORT="):
            serve.refuse_taken_port(port, "PORT")


def test_a_number_that_is_no_port_is_said_too():
    with pytest.raises(CommandError, match="Port 70000 cannot be used"):
        serve.refuse_taken_port(70_000, "PORT")


def test_a_port_that_was_free_is_left_free():
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]

    serve.refuse_taken_port(port, "PORT")

    socket.create_server(("127.0.0.1", port)).close()


def test_one_data_folder_serves_one_set_at_a_time(a_data_folder):
    with (
        serve.the_data_folder_to_ourselves(),
        pytest.raises(CommandError, match="already running .*DATA_DIR="),
        serve.the_data_folder_to_ourselves(),
    ):
        pass

    with serve.the_data_folder_to_ourselves():
        assert (a_data_folder / "serve.lock").exists()


def test_the_sandbox_mail_belongs_to_the_set_and_outlives_who_sends_to_it(settings):
    settings.USE_SANDBOX_MAIL = True

    assert [(p.name, p.outlives) for p in serve.programs()] == [
        ("mail", True),
        ("web", False),
        ("worker", False),
        ("emergency", False),
    ]


def test_one_worker_of_the_set_is_kept_for_emergencies():
    (kept,) = [p for p in serve.programs() if p.name == "emergency"]

    assert list(kept.argv[3:6]) == ["worker", "--lane", "emergency"]


def test_with_a_real_mail_server_there_is_no_sandbox(settings):
    settings.USE_SANDBOX_MAIL = False

    assert "mail" not in [program.name for program in serve.programs()]


def test_the_welcome_has_the_address_and_the_demo_logins(settings, a_data_folder):
    settings.BASE_URL = "http://127.0.0.1:8123"
    (a_data_folder / "demo-logins.txt").write_text(
        "manager  mona@example.org  secret\n"
    )

    said = serve.welcome()

    assert "http://127.0.0.1:8123/" in said
    assert "mona@example.org" in said


def test_without_the_demo_the_welcome_names_no_logins(a_data_folder):
    assert "@" not in serve.welcome()


def test_sigterm_is_an_ordinary_end_for_the_web():
    with pytest.raises(SystemExit) as ended:
        web.leave(signal.SIGTERM, None)

    assert ended.value.code == 0
