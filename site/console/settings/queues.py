"""The two doorbells: one queue for everything, one kept for emergencies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ


def queues_from(env: environ.Env, data_dir: Path) -> dict[str, dict[str, Any]]:
    """What ``notifications.tasks`` needs to build its huey instances.

    ``storage`` is ``redis`` when REDIS_URL is set, else ``sqlite`` in a file of its
    own, apart from the application's.
    """
    redis_url = env.str("REDIS_URL", default="")
    prefix = env.str("REDIS_PREFIX", default="tocsin")
    if redis_url:
        return {
            name: {"storage": "redis", "name": f"{prefix}-{name}", "url": redis_url}
            for name in ("main", "emergency")
        }
    return {
        name: {
            "storage": "sqlite",
            "name": name,
            "filename": str(data_dir / f"queue-{name}.sqlite3"),
        }
        for name in ("main", "emergency")
    }
