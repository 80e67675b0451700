"""A document from the internet, asked for so that it cannot lead inside the house.

The name is resolved once, every address is judged, and the connection goes to one that
was judged: what the name says a moment later counts for nothing. Each redirect is asked
in the same way. No proxy of the environment is used.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.utils.translation import gettext as _

from notifications.errors import TocsinError

from .addresses import is_public

#: Whether we may connect to a number.
Allowed = Callable[[str], bool]
LARGEST = 1024 * 1024
LONGEST_ADDRESS = 500
#: Seconds: to connect or for the next byte, and for a whole answer.
PATIENCE, DEADLINE = 5.0, 20.0
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
NOT_MODIFIED = 304


class FetchFailed(TocsinError):
    """Nothing came, in a sentence for whoever looks after the feed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came; ``body`` is None where it is as it was."""

    body: bytes | None
    etag: str = ""
    modified: str = ""


def fetch(
    url: str,
    *,
    etag: str = "",
    modified: str = "",
    allowed: Allowed = is_public,
    deadline: float = DEADLINE,
) -> Fetched:
    """GET a document over HTTPS, if it is not as it was; raises FetchFailed."""
    headers = {"User-Agent": "Tocsin", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    for _hop in range(MOST_REDIRECTS + 1):
        with _asked(url, headers, allowed, deadline) as answer:
            if answer.status in REDIRECTS:
                url = urljoin(url, answer.getheader("Location", ""))
                continue
            return _taken(answer)
    raise FetchFailed(_("This address leads on to others more than three times."))


def check_address(url: str) -> SplitResult:
    """Refuse what is no plain address of the internet; raises FetchFailed."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", SplitResult("", "", "", "", "")
    if parts.scheme != "https" or not host or len(url) > LONGEST_ADDRESS:
        raise FetchFailed(
            _("Give a whole address that begins with https://, at most 500 signs.")
        )
    if parts.username is not None or parts.password is not None:
        raise FetchFailed(_("Leave name and password out of the address."))
    return parts


class _Checked(HTTPSConnection):
    """A connection to an address that was judged, and that ends at its deadline."""

    def __init__(self, host: str, port: int, allowed: Allowed) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=PATIENCE, context=self._tls)
        self._allowed = allowed
        self._wire: socket.socket | None = None
        self.late = False

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not all(map(self._allowed, addresses)):
            raise FetchFailed(
                _(
                    "%(host)s is an address inside a network, not on the internet. "
                    "Only public addresses are asked."
                )
                % {"host": self.host}
            )
        plain = self._reached(addresses)
        self._wire = plain
        self.sock = self._wire = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()

    def hang_up(self) -> None:
        """Wake whoever waits for another byte."""
        self.late = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._wire is not None:
            self._wire.close()

    def _reached(self, addresses: list[str]) -> socket.socket:
        problem: OSError = OSError("there is no address")
        for address in addresses[:2]:
            try:
                return socket.create_connection((address, self.port), PATIENCE)
            except OSError as refused:
                problem = refused
        raise problem


@contextmanager
def _asked(
    url: str, headers: dict[str, str], allowed: Allowed, deadline: float
) -> Iterator[HTTPResponse]:
    """One request; every way in which it can go wrong becomes a sentence."""
    parts = check_address(url)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~[]")
    try:
        host = str(parts.hostname).encode("idna").decode()
        connection = _Checked(host, parts.port or 443, allowed)
        timer = Timer(deadline, connection.hang_up)
        timer.daemon = True
        timer.start()
        try:
            with closing(connection):
                target = f"{path}?{query}" if query else path
                connection.request("GET", target, headers=headers)
                yield connection.getresponse()
        finally:
            timer.cancel()
            if connection.late:
                raise TimeoutError
    except TimeoutError:
        raise FetchFailed(_("It did not answer in time.")) from None
    except ssl.SSLCertVerificationError:
        raise FetchFailed(_("Its certificate is not one to trust.")) from None
    except (OSError, HTTPException, ValueError):
        # Text of errors may hold what a stranger sent.
        raise FetchFailed(_("It could not be reached, or broke off.")) from None


def _taken(answer: HTTPResponse) -> Fetched:
    if answer.status == NOT_MODIFIED:
        return Fetched(None)
    if answer.status != 200:
        raise FetchFailed(
            _("It answers with the error %(status)d.") % {"status": answer.status}
        )
    body = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise FetchFailed(_("It is larger than 1 MB, so it was not read."))
    etag, modified = answer.getheader("ETag", ""), answer.getheader("Last-Modified", "")
    return Fetched(body, etag[:250], modified[:60])
