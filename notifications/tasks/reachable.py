"""Whether the queue answers: for probes, which must not hang."""

from __future__ import annotations

from django.conf import settings
from redis import Redis

from . import queues

#: Seconds that Redis gets: a network may swallow packets without a word.
PATIENCE = 2.0


def doorbell_answers() -> bool:
    """Whether a ring could be heard now; without it the sweep finds the work."""
    options = settings.HUEY_QUEUES["main"]
    try:
        if options["storage"] == "redis":
            with Redis.from_url(
                options["url"],
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
            ) as link:
                link.ping()
        else:
            queues.main.pending_count()
    except Exception:  # noqa: BLE001 - each storage has errors of its own
        return False
    return True
