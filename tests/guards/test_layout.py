"""The house keeps its shape."""

from __future__ import annotations

import re
import site
import warnings

import pytest

from tests.guards import tree

FOLDERS = (
    ".ci",
    "bin",
    "deploy",
    "docs/adr",
    "fixtures",
    "notifications/models",
    "site/console",
    "templates",
    "tests",
)

LONG, TOO_LONG = 300, 400

# Written so that they do not find themselves.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|farm|tmp|root|Users)/[A-Za-z]")
HOMES = re.compile(r"(?<![\w.])/home/[a-z]+/")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|"
    r"--(?:extra-)?index-url|^index-url\s*=",
    re.MULTILINE,
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")


def test_site_is_a_path_root_and_never_a_package():
    assert not (tree.ROOT / "site" / "__init__.py").exists()
    assert hasattr(site, "getsitepackages"), "`import site` must be Python's own module"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_room_is_where_the_design_puts_it(folder):
    assert (tree.ROOT / folder).is_dir()


def test_no_file_is_too_long_to_read_in_one_sitting():
    lengths = {
        str(path.relative_to(tree.ROOT)): len(path.read_text().splitlines())
        for path in tree.python()
    }
    assert not {name: n for name, n in lengths.items() if n > TOO_LONG}


@pytest.mark.filterwarnings("default")
def test_long_files_are_pointed_out():
    for path in tree.python():
        lines = len(path.read_text().splitlines())
        if LONG < lines <= TOO_LONG:
            name = path.relative_to(tree.ROOT)
            warnings.warn(f"{name} has {lines} lines: two rooms?", stacklevel=1)


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (MACHINE_PATHS, "a path of one machine"),
        (HOMES, "somebody's home folder"),
        (REGISTRIES, "a package index"),
        (UNFINISHED, "something unfinished"),
    ],
)
def test_no_file_names(pattern, what):
    found = [
        f"{name}: {match.group()}"
        for name, text in tree.texts()
        for match in pattern.finditer(text)
    ]
    assert not found, what


def test_no_lock_file_records_where_packages_came_from():
    names = {path.name for path in tree.files()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock"}
    for name, text in tree.texts():
        if name.endswith("package-lock.json"):
            assert '"resolved"' not in text
