"""What is installed is pinned, hashed and named with its licence."""

from __future__ import annotations

import re

import pytest

from tests.guards import tree

FILES = ("requirements.txt", "requirements-dev.txt", "bin/uv.txt")
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


def test_the_tools_are_installed_on_top_of_the_very_same_packages():
    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_every_direct_dependency_is_pinned():
    asked = re.findall(r'^    "([\w-]+)[^"]*",$', dependencies(), re.MULTILINE)
    pinned = {re.split(r"[=\[]", pin)[0] for pin in pins("requirements-dev.txt")}
    assert len(asked) > 20
    assert not {name.lower() for name in asked} - pinned


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
