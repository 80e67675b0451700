"""What is installed is pinned, hashed and named with its licence."""

from __future__ import annotations

import re

import pytest

from tests.guards import tree

FILES = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-bench.txt",
    "bin/uv.txt",
)
ON_TOP = ("requirements-dev.txt", "requirements-bench.txt")
PIN = re.compile(r"^[\w.-]+(?:\[[\w,-]+\])?==\S+")


def read(name: str) -> str:
    return (tree.ROOT / name).read_text()


def pins(name: str) -> set[str]:
    return {
        match.group() for line in read(name).splitlines() if (match := PIN.match(line))
    }


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned_and_hashed(name):
    entries = re.split(r"\n(?=\S)", read(name).strip())
    loose = [e for e in entries if not (PIN.match(e) and "--hash=sha256:" in e)]
    assert not loose


@pytest.mark.parametrize("name", ON_TOP)
def test_the_tools_are_installed_on_top_of_the_very_same_packages(name):
    assert pins("requirements.txt") <= pins(name)


def test_every_direct_dependency_is_pinned():
    asked = re.findall(r'^    "([\w-]+)[^"]*",$', dependencies(), re.MULTILINE)
    pinned = {re.split(r"[=\[]", pin)[0] for name in ON_TOP for pin in pins(name)}
    assert len(asked) > 20
    # As the index calls them: no difference between a hyphen and an underscore.
    assert not {name.lower().replace("_", "-") for name in asked} - pinned


def dependencies() -> str:
    """The part of pyproject.toml that says what is needed."""
    return read("pyproject.toml").split("\n[tool.")[0]


def test_every_package_is_in_the_notices_with_its_version():
    notices = read("THIRD_PARTY_NOTICES.md")
    missing = [
        pin
        for pin in pins("requirements.txt")
        if "| {} | {} |".format(*pin.split("==")) not in notices
    ]
    assert not missing
