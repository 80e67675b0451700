"""What deploy/ starts exists, and one worker of each set is kept for emergencies."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.guards import tree

DEPLOY = tree.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
INSTALLED = "/opt/tocsin/"


def of_unit(path: Path) -> list[str]:
    """What a unit starts, word by word."""
    # A unit may say a thing twice, and has % and : in what it says.
    unit = RawConfigParser(strict=False, delimiters="=")
    unit.read_string(path.read_text())
    return unit["Service"]["ExecStart"].replace("\\\n", " ").split()


def of_container() -> list[str]:
    """What the image starts unless told otherwise."""
    text = (DEPLOY / "Containerfile").read_text()
    (words,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    return list(yaml.safe_load(words))


def services() -> dict[str, list[str]]:
    """Each service of ours in compose, and what it starts."""
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return {
        name: service.get("command", of_container())
        for name, service in composed["services"].items()
        if service["image"] == composed["x-tocsin"]["image"]
    }


def units() -> dict[str, list[str]]:
    """Each unit of ours, and what it starts."""
    found = {path.stem: of_unit(path) for path in UNITS}
    return {name: words for name, words in found.items() if "manage.py" in words}


def for_emergencies(words: list[str]) -> bool:
    return words[-2:] == ["--lane", "emergency"]


STARTED = [
    *(pytest.param(words, id=f"compose {name}") for name, words in services().items()),
    *(pytest.param(words, id=f"systemd {name}") for name, words in units().items()),
]


@pytest.mark.parametrize("words", STARTED)
def test_each_command_exists_and_takes_what_it_is_given(words):
    python, manage, name, *given = words
    assert python in ("python", f"{INSTALLED}.venv/bin/python")
    assert (tree.ROOT / manage).is_file()
    command = load_command_class(get_commands()[name], name)
    command.create_parser(manage, name).parse_args(
        [word.replace("%i", "8001") for word in given]
    )


@pytest.mark.parametrize("found", [services(), units()], ids=["compose", "systemd"])
def test_exactly_one_service_is_kept_for_emergencies(found):
    kept = [name for name, words in found.items() if for_emergencies(words)]
    assert len(kept) == 1
    commands = {words[2] for words in found.values()}
    assert commands == {"migrate", "web", "worker"}


def test_the_target_wants_every_unit_of_the_set():
    wanted = (DEPLOY / "systemd/tocsin.target").read_text()
    for name in units().keys() - {"tocsin-migrate"}:
        assert re.search(rf"^Wants=.*\b{re.escape(name)}", wanted, re.MULTILINE), name


def test_every_command_that_the_page_names_exists():
    page = (DEPLOY / "README.md").read_text()
    named = set(re.findall(r"manage\.py (\w+)", page))
    assert {"web", "worker"} <= named <= get_commands().keys()
