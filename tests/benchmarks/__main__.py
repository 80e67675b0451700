"""Measure, side by side, and write down how it stands.

    python -m tests.benchmarks [ROW …] [--runs 5] [--quick] [--on sqlite|postgresql]

Without a row: all of them. ``--quick`` takes a twentieth of everything, once: to see
that it runs, not to learn anything. A whole run is written into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from . import tables
from .bench import heed_signals
from .figures import Finding
from .places import LABELS, ROOT, missing, place
from .rows import BOTH, ROWS

PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    options = arguments()
    heed_signals()
    absent = {vendor: missing(vendor) for vendor in BOTH}
    found: list[Finding] = []
    for name in options.rows or ROWS:
        for vendor in ROWS[name].vendors:
            if options.on not in (None, vendor):
                continue
            new = measured(name, vendor, options, absent[vendor])
            # At once: a whole run takes hours, and may be broken off.
            if not options.quick:
                tables.write_down(PAGE, new, options.runs)
            found += new
    print(tables.for_terminal(found))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=_Plain
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--on", choices=BOTH)
    options = parser.parse_args()
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(unknown)}. There are {', '.join(ROWS)}")
    if options.quick:
        options.runs = 1
    return options


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Leaves the words above as they are."""


def measured(
    row: str, vendor: str, options: argparse.Namespace, absent: str
) -> list[Finding]:
    """The row's findings on one database, measured by a process of its own."""
    print(f"{row} on {LABELS[vendor]}", file=sys.stderr, flush=True)
    if absent:
        return [Finding(row, vendor, "", "", (), problem=absent)]
    with place(vendor) as here:
        out = Path(here.folder) / "findings.json"
        call = [sys.executable, "-m", "tests.benchmarks.one", row]
        call += ["--runs", str(options.runs), "--out", str(out)]
        call += ["--scale", "0.05" if options.quick else "1"]
        if code := run(call, here.environment):
            problem = f"the measuring ended with {code}"
            return [Finding(row, vendor, "", "", (), problem=problem)]
        return [Finding.from_json(each) for each in json.loads(out.read_text())]


def run(call: list[str], environment: Mapping[str, str]) -> int:
    """Its exit code; told to stop, it may put its own house in order first."""
    process = subprocess.Popen(call, cwd=ROOT, env=environment)
    try:
        return process.wait()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
