"""What can be set is documented, and what is documented can be set."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.guards import tree

READS = re.compile(r"env(\.\w+)?$|os\.getenv$|os\.environ\.\w+$")
SETTINGS = tree.ROOT / "site" / "console" / "settings"


def test_every_variable_that_the_settings_read_is_in_the_table():
    assert not set(variables_read()) - set(table())


def test_every_variable_in_the_table_is_read_by_the_settings():
    assert not set(table()) - set(variables_read())


def test_every_check_in_the_table_exists():
    named = {check for check in table().values() if check.startswith("tocsin.")}
    raised = set()
    for path in tree.python():
        raised |= set(re.findall(r'id="(tocsin\.[EW]\d+)"', path.read_text()))
    assert named
    assert not named - raised


def test_no_check_has_the_id_of_another():
    ids = [
        found
        for path in tree.python()
        if "tests" not in path.parts
        for found in re.findall(r'id="(tocsin\.[EW]\d+)"', path.read_text())
    ]
    assert sorted(ids) == sorted(set(ids))


def table() -> dict[str, str]:
    """Name and check of each row of the first table in docs/settings.md."""
    text = (tree.ROOT / "docs" / "settings.md").read_text().split("\n## ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    return dict(rows)


def variables_read() -> Iterator[str]:
    """The names in `env("NAME")`, `env.int("NAME")` and the like."""
    for path in SETTINGS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and READS.match(ast.unparse(node.func)):
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}:{node.lineno}"
                yield str(name.value)
