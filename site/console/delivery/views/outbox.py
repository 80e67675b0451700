"""The Outbox: mail and texts that went to the sandbox and to nobody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import urlize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.delivery.mailbox import links_in, store, uids
from console.frames import framed
from console.sandbox.mail import SMS, Mail, parse
from console.sandbox.store import OutboxMail
from notifications.composing.sms import measure
from notifications.models import NotificationLog

PAGE = 50
VIEWS = ("html", "text", "headers", "source")
KINDS = {"email": gettext_lazy("Email"), "sms": gettext_lazy("SMS")}
#: The largest key that SQLite holds.
MOST = 2**63 - 1
#: Characters of a source that a page shows.
SHOWN = 200_000


def outbox(request: Any) -> HttpResponse:
    """What this cluster sent, newest first."""
    if not settings.USE_SANDBOX_MAIL:
        return _real_mail(request)
    query = request.GET.get("q", "").strip()[:100]
    channel = request.GET.get("channel", "")
    if channel not in KINDS:
        channel = ""
    before = request.GET.get("before", "")
    kept, here = store(), uids(request.cluster)
    items = kept.page(
        here,
        query=query,
        channel=channel,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        limit=PAGE + 1,
    )
    return render(
        request,
        "console/delivery/outbox.html",
        {
            "page_title": _("Outbox"),
            "header_icon": "mail",
            "items": items[:PAGE],
            "older": items[PAGE - 1].id if len(items) > PAGE else None,
            "count": kept.count(here, query=query, channel=channel),
            "q": query,
            "channel": channel,
            "kinds": KINDS,
            "first": not before,
        },
    )


def outbox_mail(request: Any, pk: int) -> HttpResponse:
    """One mail: as it looks, its text, its headers, its source; or a text."""
    kept = _mail(request, pk)
    mail = parse(kept.raw)
    if kept.item.channel == SMS:
        return _text(request, kept, mail)
    view = request.GET.get("view")
    if view not in VIEWS:
        view = "html" if mail.html else "text"
    return render(
        request,
        "console/delivery/mail.html",
        {
            "page_title": mail.subject or _("Mail without a subject"),
            "header_icon": "mail",
            "breadcrumbs_items": [
                {"url": reverse("delivery:outbox"), "label": _("Outbox")},
            ],
            "item": kept.item,
            "mail": mail,
            "view": view,
            "width": "phone" if request.GET.get("width") == "phone" else "desktop",
            "links": list(links_in(mail.html)),
            "source": mail.source[:SHOWN],
            "shortened": len(mail.source) > SHOWN,
            "entry": _entry(request, kept),
        },
    )


def _text(request: Any, kept: OutboxMail, mail: Mail) -> HttpResponse:
    """A text message as a phone shows it, with what it costs."""
    words = mail.text.rstrip("\n")
    return render(
        request,
        "console/delivery/text.html",
        {
            "page_title": _("Text message"),
            "header_icon": "mobile-alt",
            "breadcrumbs_items": [
                {"url": reverse("delivery:outbox"), "label": _("Outbox")},
            ],
            "item": kept.item,
            "shown_as": mail.subject,
            "words": words,
            "measure": measure(words),
            "links": list(links_in(urlize(words))),
            "entry": _entry(request, kept),
        },
    )


def outbox_html(request: Any, pk: int) -> HttpResponse:
    """The HTML of a mail, for the frame in its page."""
    return framed(parse(_mail(request, pk).raw).html)


def _mail(request: Any, pk: int) -> OutboxMail:
    if not settings.USE_SANDBOX_MAIL or pk > MOST:
        raise Http404
    found = store().get(uids(request.cluster), pk)
    if found is None:
        raise Http404
    return found


def _entry(request: Any, kept: OutboxMail) -> NotificationLog | None:
    """The log entry that a mail names, when it is this cluster's."""
    if not kept.item.entry.isdecimal() or len(kept.item.entry) > 18:
        return None
    found: NotificationLog | None = NotificationLog.objects.filter(
        cluster=request.cluster, pk=int(kept.item.entry)
    ).first()
    return found


def _real_mail(request: Any) -> HttpResponse:
    return render(
        request,
        "console/delivery/outbox_off.html",
        {
            "page_title": _("Outbox"),
            "header_icon": "mail",
            "host": settings.EMAIL_HOST,
            "port": settings.EMAIL_PORT,
            "backend": settings.EMAIL_BACKEND,
            "is_smtp": settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        },
    )
