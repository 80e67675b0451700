"""What the log says beside what the provider saw, person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.chaos.machine import Machine
from tests.chaos.record import Came, Record

ENTRIES = """
    SELECT entry.id, addressee.address, entry.status
    FROM notifications_notificationlog entry
    JOIN notifications_addressee addressee ON addressee.id = entry.addressee_id
    WHERE entry.dispatch_id = (SELECT MIN(id) FROM notifications_dispatch)
"""
ENTRY_TIMES = """
    SELECT addressee.address, entry.sending_at
    FROM notifications_notificationlog entry
    JOIN notifications_addressee addressee ON addressee.id = entry.addressee_id
"""
OPEN = ("planned", "deferred", "sending", "retrying")
#: Nobody who stands at one of these may have got it.
NOTHING_CAME = ("failed", "skipped", "cancelled", "expired")


@dataclass(frozen=True)
class Balance:
    """The entries of a run and the provider's record of it, at one moment."""

    statuses: dict[str, str]
    entries: dict[str, int]
    arrived: Counter[str]
    keys: dict[str, set[str]]
    refused: frozenset[str]

    @classmethod
    def of(cls, machine: Machine, *records: Record) -> Balance:
        """That of the first dispatch; others are alerts to staff about it."""
        rows = machine.database.ask(ENTRIES)
        keys: dict[str, set[str]] = {}
        for line in (line for record in records for line in record.people()):
            if line.key:
                keys.setdefault(line.address, set()).add(line.key)
        return cls(
            statuses={address: status for _id, address, status in rows},
            entries={address: pk for pk, address, _status in rows},
            arrived=sum((record.arrived() for record in records), Counter()),
            keys=keys,
            refused=frozenset().union(
                *(record.addresses(Came.PERMANENT) for record in records)
            ),
        )

    def at(self, *statuses: str) -> set[str]:
        """The addresses of the entries at these statuses."""
        return {a for a, status in self.statuses.items() if status in statuses}

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.statuses.values())

    @property
    def doubles(self) -> dict[str, int]:
        """Who got it more than once, and how many too many."""
        return {a: n - 1 for a, n in self.arrived.items() if n > 1}

    @property
    def unknown(self) -> set[int]:
        return {self.entries[address] for address in self.at("unknown")}

    def lost(self, people: int) -> list[str]:
        """Sentences about everybody who was forgotten, or is said to have it."""
        found = []
        if len(self.statuses) != people:
            found.append(f"{len(self.statuses)} entries for {people} people")
        if stuck := self.at(*OPEN):
            found.append(f"{len(stuck)} entries stuck")
        if never := self.at("sent") - set(self.arrived):
            found.append(f"{len(never)} sent that never arrived")
        return found

    def mislabelled(self) -> list[str]:
        """Sentences about what the log says wrongly of what came."""
        found = []
        if came := self.at(*NOTHING_CAME) & set(self.arrived):
            found.append(f"{len(came)} arrived that are not sent in the log")
        if several := [a for a, keys in self.keys.items() if len(keys) > 1]:
            found.append(f"{len(several)} people with more than one key")
        if strangers := set(self.arrived) - set(self.statuses):
            found.append(f"{len(strangers)} arrived without an entry")
        return found


def begun(machine: Machine) -> dict[str, float]:
    """When each person's last attempt was begun, by the workers' clock."""
    found = {}
    for address, at in machine.database.ask(ENTRY_TIMES):
        if isinstance(at, str):
            # SQLite keeps it as text, in UTC.
            at = datetime.fromisoformat(at).replace(tzinfo=UTC)
        if at is not None:
            found[address] = at.timestamp()
    return found


def doubles_beyond(balance: Balance, held: Collection[int]) -> int:
    """How many doubles went to people who were in nobody's hands at any fault."""
    return sum(
        number
        for address, number in balance.doubles.items()
        if balance.entries.get(address) not in held
    )
