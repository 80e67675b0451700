"""Alerts of others: asked for, and put before staff as drafts. Never more than that."""

from .managing import Wanted, create, save, switch
from .polling import due, poll
from .standing import in_trouble

__all__ = ["Wanted", "create", "due", "in_trouble", "poll", "save", "switch"]
