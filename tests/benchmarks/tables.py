"""The findings as a table: for the terminal, and in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from .figures import Finding, shown
from .places import LABELS, postgres_version
from .rows import ROWS

HEAD = (
    "measured in one run",
    "on",
    "Tocsin",
    "against",
    "",
    "ratio (spread)",
    "aim",
    "verdict",
)
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"


def cells(finding: Finding) -> tuple[str, ...]:
    row = ROWS[finding.row]
    return (
        row.title,
        LABELS[finding.vendor],
        shown(finding.ours, finding.unit),
        finding.what,
        shown(finding.theirs, finding.unit),
        finding.ratio,
        str(finding.aim or ""),
        finding.verdict,
    )


def for_terminal(findings: Iterable[Finding]) -> str:
    """In columns."""
    lines = [HEAD, *map(cells, findings)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def write_down(path: Path, findings: Sequence[Finding], runs: int) -> None:
    """Replace, between the marks of the page, what was measured anew."""
    text = path.read_text()
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    lines = {_place(line): line for line in _rows(old)}
    for row, vendor in {(each.row, each.vendor) for each in findings}:
        title = ROWS[row].title
        for key in [k for k in lines if k[:2] == (title, LABELS[vendor])]:
            del lines[key]
    for finding in findings:
        line = _line(cells(finding))
        lines[_place(line)] = line
    order = [row.title for row in ROWS.values()]
    vendors = list(LABELS.values())
    ranked = sorted(
        lines.items(), key=lambda x: (order.index(x[0][0]), vendors.index(x[0][1]))
    )
    table = [_line(HEAD), "|" + "---|" * len(HEAD), *(line for _key, line in ranked)]
    body = "\n".join(["", "", *table, "", _machine(runs), ""])
    path.write_text(f"{before}{BEGIN}{body}{END}{after}")


def _rows(table: str) -> list[str]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return lines[2:]


def _place(line: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in line.strip("|").split("|")]
    return parts[0], parts[1], parts[3]


def _line(parts: Iterable[str]) -> str:
    return "| " + " | ".join(part.replace("|", "/") for part in parts) + " |"


def _machine(runs: int) -> str:
    """What it was measured on, as far as it matters."""
    said = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    model = said.group(1) if said else platform.machine()
    versions = [
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        postgres_version(),
    ]
    return (
        f"Medians of {runs} runs on {os.cpu_count()} cores ({model}), "
        f"{', '.join(filter(None, versions))}.\n"
    )
