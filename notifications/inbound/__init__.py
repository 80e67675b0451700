"""Alerts of others: fetched without leading inside the house, and read as CAP."""

from .fetching import Fetched, FetchFailed, check_address, fetch
from .reading import CapMessage, Entry, Part, Unreadable, read

__all__ = [
    "CapMessage",
    "Entry",
    "FetchFailed",
    "Fetched",
    "Part",
    "Unreadable",
    "check_address",
    "fetch",
    "read",
]
