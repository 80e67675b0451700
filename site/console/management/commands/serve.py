"""Start the whole set: web, worker, reserved emergency worker and sandbox mail."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from console.supervisor import Program, Supervisor
from notifications.management.migrated import refuse_old_database

#: This command has run the system checks; each program doing so again takes time.
CHECKED = "--skip-checks"


class Command(BaseCommand):
    help = "Run web, worker, emergency worker and sandbox mail as one supervised set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first bring the database up to date and load the demo data",
        )

    def handle(self, *args: Any, prepare: bool, **options: Any) -> None:
        with the_data_folder_to_ourselves():
            refuse_taken_port(settings.PORT, "PORT")
            if settings.USE_SANDBOX_MAIL:
                refuse_taken_port(settings.SANDBOX_SMTP_PORT, "SANDBOX_SMTP_PORT")
            if prepare:
                self.prepare()
            refuse_old_database()
            supervisor = Supervisor(
                programs(), environment={"PYTHONPATH": search_path()}
            )
            code = asyncio.run(supervisor.run(settings.PORT, welcome))
        raise SystemExit(code)

    def prepare(self) -> None:
        """Database and demo; both do nothing where nothing is to be done."""
        self.say("Bringing the database up to date")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Looking for the demo data")
        call_command("demo")
        connections.close_all()

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def programs() -> list[Program]:
    """The set, with the sandbox mail only where no real mail server is named."""
    members = [
        Program("web", command("web", CHECKED)),
        Program("worker", command("worker", CHECKED)),
        Program("emergency", command("worker", "--lane", "emergency", CHECKED)),
    ]
    if settings.USE_SANDBOX_MAIL:
        members.insert(0, Program("mail", command("sandbox_mail"), outlives=True))
    return members


def command(*words: str) -> tuple[str, ...]:
    """The argument list of a management command that ends with its supervisor."""
    return (sys.executable, "-m", "console.lifeline", *words)


def search_path() -> str:
    """What the programs import from, whatever folder they are started in."""
    roots = [str(settings.BASE_DIR), str(settings.BASE_DIR / "site")]
    inherited = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join([*roots, *filter(None, [inherited])])


@contextmanager
def the_data_folder_to_ourselves() -> Iterator[None]:
    """Hold the lock of DATA_DIR; the system lets go of it however this ends."""
    with open(settings.DATA_DIR / "serve.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Tocsin is already running with the data in {settings.DATA_DIR}. "
                "Stop it, or start a second one beside it with a folder and a port "
                f"of its own: make run DATA_DIR=var/second PORT={settings.PORT + 100}"
            ) from None
        yield


def refuse_taken_port(port: int, variable: str) -> None:
    """Say so before anything is started, instead of failing half-way."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no such port"
            raise CommandError(
                f"Port {port} cannot be used ({reason}). Stop what uses it, or choose "
                f"another: make run {variable}={min(port, 65_000) + 100}"
            ) from None


def welcome() -> str:
    """The address and, where the demo is loaded, who may sign in."""
    lines = ["", f"Tocsin is ready at {settings.BASE_URL}/", ""]
    logins = settings.DATA_DIR / "demo-logins.txt"
    if logins.exists():
        lines += [*logins.read_text().splitlines(), ""]
    return "\n".join([*lines, "Ctrl-C stops it."])
