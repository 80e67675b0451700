"""The table of what was found, on the terminal and in ``docs/chaos.md``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.chaos.findings import Finding
from tests.chaos.machine import ROOT

PAGE = ROOT / "docs" / "chaos.md"
BEGIN, END = "<!-- chaos: begin -->", "<!-- chaos: end -->"
HEAD = (
    "| fault | database | what was injected | what was found | seconds | verdict |",
    "|---|---|---|---|---|---|",
)


def line(finding: Finding) -> str:
    cells = (
        finding.fault,
        finding.database,
        finding.injected,
        finding.found,
        f"{finding.seconds:.0f}",
        finding.verdict,
    )
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def write(findings: Iterable[Finding], page: Path = PAGE) -> None:
    """Put these rows on the page; rows of other faults stay as they are."""
    before, begun, rest = page.read_text().partition(BEGIN)
    old, ended, after = rest.partition(END)
    assert begun, f"{page.name} has lost its first marker"
    assert ended, f"{page.name} has lost its last marker"
    rows = {_key(row): row for row in old.splitlines() if row.startswith("| ")}
    rows.pop(_key(HEAD[0]), None)
    rows |= {_key(line(each)): line(each) for each in findings}
    table = "\n".join([*HEAD, *(rows[key] for key in sorted(rows))])
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


def _key(row: str) -> tuple[str, str]:
    cells = [cell.strip() for cell in row.split("|")]
    return cells[1], cells[2]
