"""A real installation: nothing is guessed that must be chosen."""

from .base import *  # noqa: F403
from .base import BASE_URL, LOGGING, env

TOCSIN_ENVIRONMENT = "production"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# For a collector of logs: one JSON object a line, with keys and without people.
LOGGING = LOGGING | {
    "formatters": {"plain": {"()": "notifications.logs.JsonFormatter"}}
}
