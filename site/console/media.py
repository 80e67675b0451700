"""The few files that are served without signing in: clusters' logos, the mark."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static


def logo(request: Any, name: str) -> HttpResponse:
    """A logo, for mail programs: its name cannot be guessed and never changes.

    Logos are small and bounded at the upload, so they are read whole.
    """
    try:
        with default_storage.open(f"logos/{name}") as file:
            data = file.read()
    except (OSError, ValueError, SuspiciousFileOperation):
        raise Http404 from None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def favicon(request: Any) -> HttpResponse:
    return HttpResponseRedirect(static("console/mark.svg"))
