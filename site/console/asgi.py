"""The application that uvicorn serves: pages by HTTP, what moves by WebSocket."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings.production")

pages = get_asgi_application()

# What asks models can be imported only now.
from .live.sockets import LivePart  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": LivePart.as_asgi()})
