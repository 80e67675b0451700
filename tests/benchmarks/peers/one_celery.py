"""One Celery task for each mail, over Redis.

python -m tests.benchmarks.peers.one_celery COUNT [--processes 2]
"""

from __future__ import annotations

import os
import subprocess
import sys

from celery import Celery

from tests.benchmarks.peers import common, tasks

NAME = f"{os.environ['REDIS_PREFIX']}-celery"
app = Celery("tests.benchmarks.peers.one_celery", broker=os.environ["BENCH_REDIS_URL"])
app.conf.update(
    task_default_queue=NAME,
    task_ignore_result=True,
    broker_transport_options={"global_keyprefix": f"{NAME}-"},
    worker_prefetch_multiplier=16,
    worker_hijack_root_logger=False,
)


@app.task(name="send")
def send(pk: int) -> None:
    tasks.send_one(pk)


def main() -> None:
    options = common.arguments(__doc__)
    common.set_up()
    call = [sys.executable, "-m", "celery", "-A", "tests.benchmarks.peers.one_celery"]
    call += ["worker", "--concurrency", str(options.processes), "--loglevel", "ERROR"]
    call += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = subprocess.Popen(
        call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        tasks.produce(options.count, send.delay)
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main()
else:
    # Celery's own program imports this by its name.
    import django

    django.setup()
