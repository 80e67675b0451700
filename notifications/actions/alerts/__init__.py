"""Trouble with delivery, told once to the staff who should know."""

from .looking import Watch
from .standing import open_incidents

__all__ = ["Watch", "open_incidents"]
