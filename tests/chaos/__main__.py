"""Put every fault into a running system, and tell what was left of the messages.

    python -m tests.chaos [--only 1,3] [--database sqlite|postgres] [--small]

The rows go into ``docs/chaos.md`` as well, except those of a small run.
"""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
from contextlib import closing

from tests.chaos import table
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.findings import Finding
from tests.chaos.hall import Hall

KINDS = ("sqlite", "postgres")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="numbers of faults: 1,3")
    parser.add_argument("--database", choices=KINDS, help="one of the two")
    parser.add_argument("--small", action="store_true", help="few people, few faults")
    options = parser.parse_args()
    chosen = {int(number) for number in options.only.split(",") if number}
    # Told to stop, it still takes its servers down.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    findings = []
    print(*table.HEAD, sep="\n", flush=True)
    with closing(Hall()) as hall:
        for fault in FAULTS:
            if chosen and fault.number not in chosen:
                continue
            for kind in fault.kinds if not options.database else [options.database]:
                if kind in fault.kinds:
                    found = _run(fault, hall, kind, small=options.small)
                    print(table.line(found), flush=True)
                    findings.append(found)
    if not options.small:
        table.write(findings)
    return 0 if findings and all(found.passed for found in findings) else 1


def _run(fault: Fault, hall: Hall, kind: str, *, small: bool) -> Finding:
    """What a fault comes to; where the harness itself breaks, that is the finding."""
    finding = Finding(fault.name, kind)
    try:
        fault.run(finding, hall.place(kind), **(fault.small if small else {}))
    except Exception as problem:  # noqa: BLE001 - one that breaks must not stop the rest
        traceback.print_exc()
        finding.short.append(f"broke off: {type(problem).__name__} {problem}"[:200])
    return finding


if __name__ == "__main__":
    sys.exit(main())
