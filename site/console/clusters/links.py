"""What staff are told of a link to a password that was made for somebody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from notifications.actions.welcome import Welcome


def said_of_link(
    request: Any, way: Welcome, done_url: str, page: dict[str, Any]
) -> HttpResponse:
    """Where it was mailed, or why not; the link only where no mail leaves the machine.

    Whoever holds it has the account, so that nobody else may see it.
    """
    if settings.USE_SANDBOX_MAIL:
        words = page | {"way": way, "done_url": done_url}
        return render(request, "console/clusters/welcome_link.html", words)
    if way.problem:
        messages.error(request, way.problem)
    else:
        said = _(
            "A link to a password was mailed to %s. It works once, for three days."
        )
        messages.success(request, said % way.email)
    return redirect(done_url)
