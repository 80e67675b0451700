"""The Outbox as one cluster sees it: the mail that the sandbox server kept."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from console.management.commands.sandbox_mail import FILE
from console.sandbox.store import OutboxItem, OutboxStore
from notifications.models import Cluster, NotificationLog


def store() -> OutboxStore:
    """Where the sandbox server keeps mail; reading makes no file."""
    return OutboxStore(Path(settings.DATA_DIR) / FILE)


def uids(cluster: Cluster) -> list[str]:
    """The clusters whose mail may be seen here: this one."""
    return [str(cluster.uid)]


def mail_of_entry(cluster: Cluster, entry: NotificationLog) -> OutboxItem | None:
    """The mail that an entry sent, where the sandbox has it."""
    if not settings.USE_SANDBOX_MAIL:
        return None
    mail = store().of_entry(uids(cluster), str(entry.pk))
    return mail.item if mail else None


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = dict(attrs).get("href") or ""
            if self._open:
                self.found.setdefault(self._open, "")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""


def links_in(html: str) -> Iterator[tuple[str, str]]:
    """Web links of a mail with their words: the frame itself follows none."""
    parser = _Links()
    parser.feed(html)
    for url, label in parser.found.items():
        if urlsplit(url).scheme in ("http", "https"):
            yield url, " ".join(label.split()) or url
