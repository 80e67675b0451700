"""What a run came to, and how it is told: pass, what falls short, or not valid."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.chaos.balance import Balance
from tests.chaos.machine import Machine

#: Seconds that a fault may take from its beginning to the last word.
LONGEST = 300.0


@dataclass
class Finding:
    """One row of the table.

    ``short`` are the figures that fall short; ``invalid`` says why the run proves
    nothing, as when its faults came after the work had ended.
    """

    fault: str
    database: str
    injected: str = ""
    found: str = ""
    short: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    seconds: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    @property
    def verdict(self) -> str:
        if self.invalid:
            return "invalid: " + "; ".join(self.invalid + self.short)
        return "short: " + "; ".join(self.short) if self.short else "pass"

    @property
    def passed(self) -> bool:
        return not self.short and not self.invalid

    def expect(self, true: object, otherwise: str) -> None:
        """Something that the product promises."""
        if not true:
            self.short.append(otherwise)

    def require(self, true: object, otherwise: str) -> None:
        """Something without which the run proves nothing."""
        if not true:
            self.invalid.append(otherwise)

    def expect_nothing(self, sentences: list[str]) -> None:
        self.short += sentences

    def close(self, machine: Machine) -> None:
        """The last word belongs to the invariants."""
        code, said = machine.manage("check_invariants")
        if code:
            lines = said.strip().splitlines()
            self.short.append(f"check_invariants: {' '.join(lines[:3])} ({len(lines)})")
        self.seconds = time.monotonic() - self._began
        self.expect(self.seconds < LONGEST, f"it took {self.seconds:.0f} s")


def told(balance: Balance) -> str:
    """The statuses and what the provider saw, in a line."""
    statuses = ", ".join(
        f"{n} {status}" for status, n in sorted(balance.counts.items())
    )
    doubles = sum(balance.doubles.values())
    return f"{statuses}; {len(balance.arrived)} people have it, {doubles} doubles"
