"""Batches leased, windows marked, messages sent, outcomes written."""

from .engine import drain
from .expiring import expire_due
from .leasing import Lease, LeaseLost, due_lanes, lease, wake
from .recovering import recover

__all__ = [
    "Lease",
    "LeaseLost",
    "drain",
    "due_lanes",
    "expire_due",
    "lease",
    "recover",
    "wake",
]
