"""Says at the end of a run, above pytest's own last line, what it did not cover."""

from __future__ import annotations

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    note = os.environ.get("TESTS_LEFT_OUT")
    if note:
        terminalreporter.section("left out", yellow=True)
        terminalreporter.write_line(note, yellow=True)
