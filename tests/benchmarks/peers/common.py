"""What every peer's program begins with, and the mail that all of them send."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import letter

DOMAIN = "riverside.example"


@dataclass(frozen=True)
class Person:
    """Somebody to write to, known before the clock runs."""

    key: str
    to: str
    values: dict[str, str]
    headers: dict[str, str]


def arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("count", type=int)
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args()


def set_up() -> None:
    """Django with the peers' own tables, empty."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("flush", verbosity=0, interactive=False)


def words() -> dict[str, str]:
    """Subject, text and html, as Django templates."""
    path = Path(os.environ["BENCH_FOLDER"]) / "letter.json"
    found: dict[str, str] = json.loads(path.read_text())
    return found


def people(count: int) -> list[Person]:
    return [_person(number) for number in range(count)]


def _person(number: int) -> Person:
    who = letter.person(number, DOMAIN)
    stop = f"https://{DOMAIN}/u/{number:032x}"
    return Person(
        key=f"peer-{number}",
        to=who["email"],
        values={
            "name": who["name"],
            "first_name": who["first_name"],
            "unit": who["unit"],
            "zone": letter.ZONES[number % len(letter.ZONES)],
            "cluster": "Estate Riverside",
            "sender_name": "Riverside Quay Estate Office",
            "unsubscribe_url": stop,
        },
        headers={
            "X-Tocsin-Key": f"peer-{number}",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def in_lots(everybody: list[Person], size: int) -> Iterator[list[Person]]:
    for start in range(0, len(everybody), size):
        yield everybody[start : start + size]


def stop_clock(began: float, count: int, *, sent: int, logged: int) -> None:
    """Say how long it took, once it is sure that all is on record."""
    seconds = time.perf_counter() - began
    if (sent, logged) != (count, count):
        raise SystemExit(f"{sent} sent and {logged} logged, not {count}")
    print(json.dumps({"seconds": seconds}))


class Letter:
    """Django's own way to a mail: templates that are read once, then rendered."""

    def __init__(self) -> None:
        from django.template import engines

        engine: Any = engines["django"]
        self._parts = {k: engine.from_string(v) for k, v in words().items()}

    def to(self, person: Person, connection: Any = None) -> Any:
        from django.core.mail import EmailMultiAlternatives

        filled = {k: part.render(person.values) for k, part in self._parts.items()}
        mail = EmailMultiAlternatives(
            subject=filled["subject"],
            body=filled["text"],
            to=[person.to],
            headers=person.headers,
            connection=connection,
        )
        mail.attach_alternative(filled["html"], "text/html")
        return mail
