"""One Huey task for each mail, with the storage that Tocsin itself rings through.

python -m tests.benchmarks.peers.one_huey COUNT [--processes 2]
"""

from __future__ import annotations

import os
import subprocess
import sys

from huey import PriorityRedisHuey, SqliteHuey

from tests.benchmarks.peers import common, tasks

NAME = f"{os.environ['REDIS_PREFIX']}-peer"
if url := os.environ.get("REDIS_URL"):
    huey = PriorityRedisHuey(NAME, url=url, clean_name=False, results=False)
else:
    file = os.path.join(os.environ["BENCH_FOLDER"], "peer-queue.sqlite3")
    huey = SqliteHuey(NAME, filename=file, results=False)


@huey.task(name="send")
def send(pk: int) -> None:
    tasks.send_one(pk)


def consume(threads: int) -> None:
    import django

    django.setup()
    consumer = huey.create_consumer(
        workers=threads, periodic=False, initial_delay=0.01, max_delay=0.05
    )
    consumer.run()


def main() -> None:
    if sys.argv[1] == "consume":
        consume(int(sys.argv[2]))
        return
    options = common.arguments(__doc__)
    common.set_up()
    call = [sys.executable, "-m", "tests.benchmarks.peers.one_huey", "consume", "2"]
    workers = [
        subprocess.Popen(call, stderr=subprocess.DEVNULL)
        for _n in range(options.processes)
    ]
    try:
        tasks.produce(options.count, send)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


if __name__ == "__main__":
    main()
