"""Measure every list and report of the console: a large cluster against a small one.

    .venv/bin/python -m tests.benchmarks.pages [--database sqlite] [--keep FOLDER]

The small one has 1 000 people and 1 000 entries, the large one 100 000 and 1 000 000;
both have as many dispatches, so that the lists are as long, and one message to
everybody under way. Two real servers (``manage.py web``) answer by turns. Times are of
whole answers over HTTP, queries are counted by Django's test client. ``--keep`` leaves
the worlds for another run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.benchmarks.import_benchmark import ROOT, free_port, wait_for

#: What the issue asks for.
SLOWER_AT_MOST = 1.5
LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"
SIZES = {"small": (1_000, 1_000), "large": (100_000, 1_000_000)}


@dataclass(frozen=True, slots=True)
class Measured:
    """One page in both worlds: median seconds, queries, and lines of its tables."""

    name: str
    small: float
    large: float
    queries: tuple[int, int]
    lines: tuple[int, int]

    @property
    def ratio(self) -> float:
        return self.large / self.small

    @property
    def kept(self) -> bool:
        return self.ratio <= SLOWER_AT_MOST and len(set(self.queries)) == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default=None)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="", help="pages with this in their name")
    parser.add_argument("--keep", type=Path, default=None)
    options = parser.parse_args()
    wanted = [options.database] if options.database else ["sqlite", "postgresql"]
    for database in wanted:
        pages = measure(database, options.runs, options.only, options.keep)
        report(database, pages)


def measure(
    database: str, runs: int, only: str = "", keep: Path | None = None
) -> Iterator[Measured]:
    """Each page of both worlds, in medians of ``runs`` after two to warm up."""
    with ExitStack() as stack:
        folder = keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-pages-"))
        )
        if database == "postgresql" and keep is None:
            stack.callback(drop, folder)
        worlds = [stack.enter_context(world(database, folder, size)) for size in SIZES]
        small, large = (told for told, _url in worlds)
        for one, other in zip(small["pages"], large["pages"], strict=True):
            assert one["name"] == other["name"]
            if only not in one["name"]:
                continue
            pairs = [
                (told["cookie"], url + page["url"])
                for (told, url), page in zip(worlds, (one, other), strict=True)
            ]
            seconds = by_turns(pairs, runs)
            yield Measured(
                one["name"],
                *seconds,
                queries=(one["queries"], other["queries"]),
                lines=(one["lines"], other["lines"]),
            )


def by_turns(pairs: Sequence[tuple[str, str]], runs: int) -> list[float]:
    """The median of each page, asked one after the other so that noise hits both."""
    seconds: list[list[float]] = [[] for _pair in pairs]
    for run in range(-2, runs):
        for found, (cookie, url) in zip(seconds, pairs, strict=True):
            request = urllib.request.Request(url, headers={"Cookie": cookie})  # noqa: S310
            began = time.perf_counter()
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                answer.read()
                assert answer.url == url, f"{url} leads to {answer.url}"
            if run >= 0:
                found.append(time.perf_counter() - began)
    return [statistics.median(found) for found in seconds]


@contextmanager
def world(database: str, folder: Path, size: str) -> Iterator[tuple[Any, str]]:
    """A world with its server: what the world says of itself, and its address."""
    data = folder / f"{database}-{size}"
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {
        **os.environ,
        "DATA_DIR": str(data),
        "PORT": str(port),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    if database == "postgresql":
        environment["DATABASE_URL"] = postgres_for(name_of(folder, size))
    command = [sys.executable, "-m", "tests.benchmarks.pages_world"]
    made = subprocess.run(
        [*command, *map(str, SIZES[size])],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    web = subprocess.Popen(
        [sys.executable, "manage.py", "web"], cwd=ROOT, env=environment
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/admin/login/")
        yield json.loads(made.stdout.splitlines()[-1]), url
    finally:
        web.terminate()
        web.wait()


def postgres_for(name: str) -> str:
    """The address of a database of this name on the server, made where it is not."""
    server = urlsplit(os.environ.get("DATABASE_URL") or LOCAL)
    url = urlunsplit(server._replace(path=f"/{name}"))
    with psycopg.connect(urlunsplit(server), autocommit=True) as link:
        there = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not there.fetchone():
            link.execute(f'CREATE DATABASE "{name}"')
    return url


def drop(folder: Path) -> None:
    """Remove what a run made in the server."""
    server = os.environ.get("DATABASE_URL") or LOCAL
    with psycopg.connect(server, autocommit=True) as link:
        for size in SIZES:
            name = name_of(folder, size)
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def name_of(folder: Path, size: str) -> str:
    return f"{folder.name}_{size}".replace("-", "_")


def report(database: str, pages: Iterable[Measured]) -> None:
    """Print each page as it comes, and how many keep what was asked."""
    print(f"{database}: medians over HTTP; load average {os.getloadavg()[0]:.1f}")
    print(f"  {'page':36} {'1 000':>8} {'1 000 000':>10} {'ratio':>6}  queries  lines")
    found = []
    for page in pages:
        found.append(page)
        few, many = page.queries
        some, more = page.lines
        print(
            f"  {page.name:36} {page.small * 1000:5.0f} ms {page.large * 1000:7.0f} ms"
            f" {page.ratio:6.2f}  {few:2}/{many:2} {some:5}/{more:2}"
            f"{'' if page.kept else '  MISSED'}",
            flush=True,
        )
    missed = sum(not page.kept for page in found)
    worst = max(page.ratio for page in found)
    print(
        f"  {len(found) - missed} of {len(found)} pages keep {SLOWER_AT_MOST} × and "
        f"their number of queries; the worst is {worst:.2f} ×; "
        f"load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
