"""All there is in one file, and back again: paused, and in a new epoch."""

from .archive import BrokenBackup, Manifest
from .backing_up import back_up
from .restoring import Restored, check, restore

__all__ = ["BrokenBackup", "Manifest", "Restored", "back_up", "check", "restore"]
