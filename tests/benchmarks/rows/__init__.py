"""The rows of the table, in its order; each is a module with ``measure(bench)``.

``measure`` gives the row's findings on the database that the bench names.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.places import POSTGRESQL, SQLITE

BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Row:
    """What is measured, in the words of the table, and where it can be."""

    title: str
    vendors: tuple[str, ...] = BOTH


ROWS = {
    "end-to-end": Row("end to end, 20 000 personal multipart mails with history"),
    "round-trip": Row("the same at 10 ms round trip"),
    "raw": Row("the same against raw pipelined SMTP of ready-made bytes"),
    "fan-out": Row("fan-out to 100 000 entries"),
    "growth": Row("cost per message"),
    "emergency": Row("last of 2 000 emergency messages while 100 000 are under way"),
    "broadcast": Row(
        "last of 10 000 residents' texts and mails while 100 000 are under way"
    ),
    "reach": Row("reach with all reasons for 100 000 people"),
    "pages": Row("console pages with 1 000 000 entries and 100 000 people"),
    "memory": Row("peak memory of a worker at 100 000"),
    "two-workers": Row("two workers at 10 ms round trip", (POSTGRESQL,)),
    "peers": Row("others, for comparison"),
    "imports": Row("import of 20 000 people", (SQLITE,)),
}
