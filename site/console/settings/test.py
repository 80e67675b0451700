"""For pytest: every store in a folder of its own, tasks run at once."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="tocsin-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from .base import *  # noqa: F403

TOCSIN_ENVIRONMENT = "test"
SECRET_KEY = "for tests only, known to everybody"  # noqa: S105
FINGERPRINT_KEY = SECRET_KEY
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HUEY_QUEUES = {
    name: {"storage": "memory", "name": name} for name in ("main", "emergency")
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
