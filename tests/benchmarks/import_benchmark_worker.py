"""The other process of the import benchmark: commits one import, as a worker does."""

from __future__ import annotations

import sys
import time

import django

if __name__ == "__main__":
    sys.path.insert(0, "site")
    django.setup()
    from notifications import scope
    from notifications.models import RecipientImport
    from tests.benchmarks.import_benchmark import commit

    with scope.every_cluster():
        job = RecipientImport.objects.select_related("cluster").get(pk=sys.argv[1])
    print("ready", flush=True)
    started = time.perf_counter()
    commit(job)
    print(f"  the commit beside pages took {time.perf_counter() - started:.2f} s")
