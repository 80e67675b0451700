"""Serve the console, the public pages and the live updates with uvicorn."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

#: Seconds that open requests get when the server is told to stop.
TIME_TO_FINISH = 10


class Command(BaseCommand):
    help = "Serve the console and the public pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        # uvicorn raises SIGTERM again when it has shut down; this makes of it an
        # ordinary exit, so that whatever is to be cleaned up is.
        signal.signal(signal.SIGTERM, leave)
        uvicorn.run(
            "console.asgi:application",
            host=host,
            port=port,
            ws="websockets-sansio",
            # Sockets are for telling: nobody has anything to say to them.
            ws_max_size=1_024,
            ws_per_message_deflate=False,
            lifespan="off",
            # Addresses of pages can carry personal tokens: they are not logged.
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=TIME_TO_FINISH,
        )


def leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
