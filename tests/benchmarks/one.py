"""One row on one database, in a process of its own: Django knows only one.

    python -m tests.benchmarks.one ROW --runs 5 --scale 1 --out FILE

Started by ``python -m tests.benchmarks``, in an environment that names the place.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from importlib import import_module
from pathlib import Path

from .bench import Bench, heed_signals
from .figures import Finding, Invalid
from .places import Place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row")
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--scale", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    heed_signals()
    place = Place.from_environment(os.environ)
    set_up()
    from notifications import scope

    bench = Bench(place, options.runs, options.scale)
    began = time.monotonic()
    with scope.every_cluster():
        row = import_module(f"tests.benchmarks.rows.{options.row.replace('-', '_')}")
        try:
            found = list(row.measure(bench))
        except Invalid as problem:
            bench.say(str(problem))
            found = [
                Finding(options.row, place.vendor, "", "", (), problem=str(problem))
            ]
    bench.say(f"took {time.monotonic() - began:.0f} s")
    options.out.write_text(json.dumps([each.to_json() for each in found]))


def set_up() -> None:
    """Django, with every table, in the place that the environment names."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
