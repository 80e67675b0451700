"""A Redis of the chaos runs' own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import redis

from tests.chaos.ports import free_port

PATIENCE = 20.0


class RedisServer:
    """Keeps nothing on disk: stopping it loses every ring that it held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True)

    def start(self) -> None:
        """Until it answers."""
        options = f"--port {self.port} --bind 127.0.0.1 --appendonly no"
        self._process = subprocess.Popen(
            ["redis-server", *options.split(), "--save", "", "--dir", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with redis.Redis.from_url(self.url) as client:
                    client.ping()
                return
            except redis.RedisError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
