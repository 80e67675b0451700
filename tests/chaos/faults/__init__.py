"""One module per kind of fault; each run fills a Finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.chaos.faults import (
    crowded,
    fanned,
    killed,
    providers,
    services,
    stopped,
    surroundings,
)

BOTH = ("sqlite", "postgres")


@dataclass(frozen=True)
class Fault:
    """A run at its full size, and what makes it a small one."""

    number: int
    name: str
    run: Callable[..., None]
    small: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = BOTH


FEW = {"people": 600, "kills": 4}
FAULTS = (
    Fault(1, "1 kill -9, routine", killed.routine, FEW),
    Fault(1, "1 kill -9, emergency", killed.emergency, FEW),
    Fault(1, "1 kill -9, provider with keys", killed.keyed, FEW),
    Fault(2, "2 errors and kill -9", killed.errors, FEW),
    Fault(2, "2 errors and kill -9, emergency", killed.errors_in_an_emergency, FEW),
    Fault(
        2,
        "2 errors and kill -9, provider with keys",
        killed.errors_with_keys,
        FEW,
    ),
    Fault(
        3,
        "3 PostgreSQL restarted",
        services.postgres_restarted,
        {"people": 700},
        ("postgres",),
    ),
    Fault(3, "3 Redis flushed, stopped", services.redis_stopped, {"people": 2400}),
    Fault(4, "4 disk full", surroundings.disk_full, {"people": 3000}),
    Fault(4, "4 frozen worker", surroundings.frozen, {"people": 5000}),
    Fault(4, "4 wrong clock", surroundings.wrong_clock, {"people": 2000}),
    Fault(5, "5 SIGTERM", stopped.deploys, {"people": 600, "stops": 3}),
    Fault(6, "6 cancel in the middle", stopped.cancelled, {"people": 600}),
    Fault(6, "6 opt-out of everybody", stopped.opted_out, {"people": 600}),
    Fault(
        7, "7 kill -9 in the fan-out", fanned.fan_out, {"people": 12_000, "kills": 4}
    ),
    Fault(
        8,
        "8 everybody writes",
        crowded.crowd,
        {"people": 12_000, "rows": 8000, "seconds": 15},
        ("sqlite",),
    ),
    Fault(9, "9 provider down", providers.first_away, {"people": 6000, "seconds": 20}),
)
