"""One machine, one command: SQLite, SqliteHuey and the sandbox mail server."""

from .base import *  # noqa: F403

TOCSIN_ENVIRONMENT = "dev"
