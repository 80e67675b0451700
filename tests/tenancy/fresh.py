"""A process of its own: fill a database, or walk it after somebody else was first.

    python -m tests.tenancy.fresh fill
    python -m tests.tenancy.fresh walk mallory hilltop mona riverside

What Wagtail and Django build once per process (form classes, filter sets, menus) is
then built inside the first one's requests; the second must see nothing of it. Prints
one problem a line.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings.test")
django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from .two import MARKS, browser_of, make_two  # noqa: E402
from .walk import METHODS, address_of, knock, routes, words_of  # noqa: E402


def addresses() -> Path:
    return Path(settings.DATA_DIR) / "addresses.json"


def fill() -> None:
    """Tables straight from the models, both clusters, and where their things are."""
    labels = (config.label for config in apps.get_app_configs())
    settings.MIGRATION_MODULES = dict.fromkeys(labels, None)
    call_command("migrate", run_syncdb=True, verbosity=0)
    two = make_two()
    found = {
        route.name: {
            "riverside": address_of(route, two.mine),
            "hilltop": address_of(route, two.theirs),
        }
        for route in routes()
        if route.read.role is not None
    }
    addresses().write_text(json.dumps(found))


def walk(first: str, home: str, second: str, other_home: str) -> list[str]:
    """``first`` of ``home`` opens everything, then ``second``; what the second got."""
    found = json.loads(addresses().read_text())
    opener, client = browser(first), browser(second)
    problems: list[str] = []
    for name, paths in found.items():
        for method in METHODS:
            opened = knock(opener, f"/c/{home}{paths[home]}", method)
            problems += complaints(opened, f"{method} {name} as {first}", other_home)
    for name, paths in found.items():
        for method in METHODS:
            told = f"{method} {name} as {second}"
            answer = knock(client, f"/c/{other_home}{paths[other_home]}", method)
            problems += complaints(answer, told, home)
            if paths[home] != paths[other_home]:
                answer = knock(client, f"/c/{other_home}{paths[home]}", method)
                problems += complaints(answer, told, home)
                if answer.status_code not in (404, 405):
                    problems.append(f"{told}, their things: {answer.status_code}")
    return problems


def browser(name: str) -> Any:
    user = get_user_model()._default_manager.get(email=f"{name}@example.org")
    return browser_of(user)


def complaints(answer: Any, told: str, forbidden: str) -> list[str]:
    """A crash, or a word of the cluster whose words are forbidden here."""
    problems = [f"{told}: {answer.status_code}"] if answer.status_code >= 500 else []
    if MARKS[forbidden] in words_of(answer):
        problems.append(f"{told} says {MARKS[forbidden]}")
    return problems


if __name__ == "__main__":
    logging.disable()
    setup_test_environment()
    if sys.argv[1] == "fill":
        fill()
    else:
        print("\n".join(walk(*sys.argv[2:])))
