"""Drills that come round: planned once, approved on each day by a person."""

from .coming import hold_due
from .planning import Planned, change, make, pause, planned_in, resume, stop
from .times import wall_of_next

__all__ = [
    "Planned",
    "change",
    "hold_due",
    "make",
    "pause",
    "planned_in",
    "resume",
    "stop",
    "wall_of_next",
]
