"""Mail over SMTP, through a pool of kept connections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from notifications.channels.base import Message, Receipt
from notifications.channels.email.fates import Fates
from notifications.channels.email.pool import Pool
from notifications.channels.email.rate import allowance_of
from notifications.channels.email.round import Round
from notifications.channels.email.server import MailServer


class SmtpTransport:
    """Speaks SMTP with one server, and keeps its connections until it is closed."""

    def __init__(self, server: MailServer) -> None:
        self.name = server.name
        self._pool = Pool(server)
        self._fates = Fates(server.name)
        self._allowance = allowance_of(server)

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        """Receipts as the server answers; a message is taken when it can go at once."""
        return Round(self._pool, self._fates, self._allowance, messages).receipts()

    def close(self) -> None:
        self._pool.close()
