"""Settings of the peers: small, and the database as well set as ours is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import environ

from console.settings.database import database_from

_folder = Path(os.environ["BENCH_FOLDER"])
_env = environ.Env()
_env.ENVIRON = {**os.environ, "DATABASE_URL": os.environ["PEER_DATABASE_URL"]}

SECRET_KEY = "for benchmarks only, known to everybody"
DATABASES = {"default": database_from(_env, _folder)}
# Their processes fork, and a pool does not survive that: plain kept connections.
DATABASES["default"]["OPTIONS"].pop("pool", None)
DATABASES["default"]["CONN_MAX_AGE"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "post_office",
    "mailer",
    "tests.benchmarks.peers.apps.Peers",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
USE_TZ = True

EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("PEER_MAIL_PORT", "25"))
DEFAULT_FROM_EMAIL = "Riverside Quay Estate Office <office@riverside.example>"
POST_OFFICE = {"LOG_LEVEL": 2, **json.loads(os.environ.get("PEER_OPTIONS", "{}"))}
MAILER_LOCK_PATH = str(_folder / "mailer")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": True,
    "root": {"level": "ERROR"},
    "loggers": {"post_office": {"level": "ERROR", "handlers": []}},
}
