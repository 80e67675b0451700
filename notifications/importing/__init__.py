"""From the file that an estate really has to people in a cluster."""

from __future__ import annotations


def run(pk: int) -> None:
    """Rehearse or commit an import: what a worker does when the doorbell rings."""
    # Late: cells and columns serve forms too, which need no database.
    from notifications.importing import jobs

    jobs.run(pk)


def waiting() -> list[int]:
    """Keys of imports that ought to go on and that no living worker is at."""
    from notifications.importing import jobs

    return jobs.waiting()
