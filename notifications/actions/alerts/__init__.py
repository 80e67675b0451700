"""Trouble with delivery, told once to the staff who should know."""

from .looking import Watch
from .mailing import ADMIN_MAIL, tell, untold, write_to_admins
from .standing import open_incidents

__all__ = [
    "ADMIN_MAIL",
    "Watch",
    "open_incidents",
    "tell",
    "untold",
    "write_to_admins",
]
