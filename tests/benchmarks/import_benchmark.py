"""Measure an import of 20 000 people: against the tuned resource, and beside pages.

    .venv/bin/python -m tests.benchmarks.import_benchmark [--rows 20000] [--runs 3]

It makes a data folder of its own, with SQLite as `make run` has it, prints a table
and throws the folder away. Compare the ratios: the seconds are this machine's.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: What the issue asks for.
SLOWER_AT_MOST = 1.5
PAGES_SLOWER_AT_MOST = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3, help="0: only the pages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tocsin-benchmark-") as folder:
        prepare(folder)
        if options.runs:
            against_the_yardstick(options.rows, options.runs)
        beside_pages(options.rows)


def prepare(folder: str) -> None:
    """Django with an empty, migrated database in a folder of its own."""
    os.environ |= {
        "DATA_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "console.settings.dev",
        "PORT": str(free_port()),
    }
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def against_the_yardstick(count: int, runs: int) -> None:
    """Print how long the tuned resource and ours take."""
    seconds = by_turns(count, runs)
    print(f"{count} rows, best of {runs} runs: seconds on the wall, of the processor")
    for name, taken in seconds.items():
        print(f"  {name:36} {best(taken, 0):6.2f} {best(taken, 1):6.2f}")
    compare(seconds, "rehearsal from the file", "dry run")
    compare(seconds, "commit from the file", "for real")


def by_turns(count: int, runs: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds of the tuned resource and of ours, by turns.

    Of the processor as well: on a busy machine they alone can be compared.
    """
    from tests.benchmarks import tuned

    tuned.make_tables()
    rows = people(count)
    data = as_csv(rows)
    seconds: dict[str, list[tuple[float, float]]] = {}

    def measure(name: str, work: Callable[[], Any]) -> None:
        started, spent = time.perf_counter(), time.process_time()
        work()
        taken = time.perf_counter() - started, time.process_time() - spent
        seconds.setdefault(name, []).append(taken)

    for _run in range(runs):
        measure("tuned, dry run", lambda: tuned.run(rows, dry_run=True))
        measure("tuned, for real", lambda: tuned.run(rows, dry_run=False))
        tuned.empty()
        job = uploaded(new_cluster(), data)
        measure("Tocsin, rehearsal from the file", lambda job=job: rehearse(job))
        measure("Tocsin, commit from the file", lambda job=job: commit(job))
        again = uploaded(job.cluster, data)
        measure("Tocsin, rehearsal, all unchanged", lambda job=again: rehearse(job))
    return seconds


def compare(
    seconds: dict[str, list[tuple[float, float]]], ours: str, theirs: str
) -> None:
    wall, processor = (
        best(seconds[f"Tocsin, {ours}"], clock)
        / best(seconds[f"tuned, {theirs}"], clock)
        for clock in (0, 1)
    )
    verdict = "kept" if processor <= SLOWER_AT_MOST else "MISSED"
    print(
        f"  {ours}: {wall:.2f} × the {theirs} on the wall, {processor:.2f} × of the "
        f"processor (at most {SLOWER_AT_MOST}): {verdict}"
    )


def best(taken: list[tuple[float, float]], clock: int) -> float:
    return min(each[clock] for each in taken)


def beside_pages(count: int) -> tuple[list[float], list[float]]:
    """How pages answer while a worker process imports: idle, and beside it."""
    from notifications.lifecycle import ImportStatus

    job = uploaded(new_cluster(), as_csv(people(count)))
    rehearse(job)
    job.status = ImportStatus.REHEARSED
    web = subprocess.Popen([sys.executable, "manage.py", "web"], cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{os.environ['PORT']}"
        wait_for(f"{url}/admin/login/")
        session = signed_in(job.cluster)
        pages = [
            f"{url}/admin/login/",
            f"{url}/c/{job.cluster.slug}/admin/imports/",
        ]
        idle = latencies(pages, session, lambda: False, least=400)
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.benchmarks.import_benchmark_worker",
                str(job.pk),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        busy = latencies(pages, session, lambda: worker.poll() is None, least=50)
        print(worker.stdout.read().strip())
    finally:
        web.terminate()
        web.wait()
    report(idle, busy)
    return idle, busy


def report(idle: list[float], busy: list[float]) -> None:
    for name, found in (("idle", idle), ("while importing", busy)):
        print(
            f"  pages {name:16} p50 {statistics.median(found) * 1000:6.1f} ms, "
            f"p99 {p99(found) * 1000:6.1f} ms ({len(found)} pages)"
        )
    ratio = p99(busy) / p99(idle)
    verdict = "kept" if ratio <= PAGES_SLOWER_AT_MOST else "MISSED"
    print(f"  p99 {ratio:.2f} × idle (at most {PAGES_SLOWER_AT_MOST}): {verdict}")


def latencies(
    pages: list[str], session: str, busy: Callable[[], bool], *, least: int
) -> list[float]:
    """Seconds of each page, asked one after the other with a breath between."""
    found: list[float] = []
    while len(found) < least or busy():
        for page in pages:
            request = urllib.request.Request(page, headers={"Cookie": session})  # noqa: S310
            started = time.perf_counter()
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                answer.read()
                assert answer.status == 200, answer.status
            found.append(time.perf_counter() - started)
            threading.Event().wait(0.005)
    return found


def p99(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.99)]


def people(count: int) -> list[tuple[str, ...]]:
    """Rows of the yardstick: everything a list of people holds."""
    return [
        (
            f"X-{n:06d}",
            f"First{n % 700} Last{n % 900}",
            f"First{n % 700}",
            f"person{n}@example.org",
            f"+447700{n:06d}",
            f"Block {n % 12}",
            f"{n % 90}A",
            "en",
        )
        for n in range(count)
    ]


def as_csv(rows: list[tuple[str, ...]]) -> bytes:
    heads = "External ID,Full name,First name,Email,Mobile,Block,Flat,Language"
    return "\n".join([heads, *(",".join(row) for row in rows)]).encode()


def new_cluster() -> Any:
    from notifications import scope
    from notifications.models import Cluster

    with scope.every_cluster():
        number = Cluster.objects.count()
        return Cluster.objects.create(
            name=f"Estate {number}",
            slug=f"estate-{number}",
            sender_name="Estate",
            sender_email="estate@example.org",
        )


def uploaded(cluster: Any, data: bytes) -> Any:
    from notifications import scope
    from notifications.actions import imports
    from notifications.importing.sheets import mapping_of

    with scope.clusters(cluster.pk):
        job = imports.upload(cluster, "people.csv", data, by=imports.COMMAND_LINE)
        return imports.set_mapping(job, mapping_of(job), by=imports.COMMAND_LINE)


def rehearse(job: Any) -> None:
    _work(job, "rehearse")


def commit(job: Any) -> None:
    _work(job, "commit")


def _work(job: Any, verb: str) -> None:
    from notifications import importing, scope
    from notifications.actions import imports

    with scope.clusters(job.cluster_id):
        getattr(imports, verb)(job, by=imports.COMMAND_LINE)
        importing.run(job.pk)
        job.refresh_from_db()
    assert job.status in ("rehearsed", "done"), (job.status, job.error)


def signed_in(cluster: Any) -> str:
    """The cookie of a manager."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from notifications import scope
    from notifications.models import Membership

    with scope.every_cluster():
        user = get_user_model().objects.create_user("mona@example.org", "x" * 12)
        Membership.objects.create(user=user, cluster=cluster, role="manager")
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    for _try in range(150):
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310
                answer.read()
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    main()
