"""Opens a connection without waiting: connect, TLS, greeting and sign-in.

Each step is a generator that yields the socket and what it waits for there, so that one
loop can open many at once while others are at work.
"""

from __future__ import annotations

import errno
import hmac
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Generator, Sequence
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, NamedTuple, TypeVar

from django.core.mail.utils import DNS_NAME

from notifications.channels.email.pipe import Closed, Pipe, Reply
from notifications.channels.email.server import MailServer

#: What getaddrinfo tells of one way to a host.
Address = tuple[Any, ...]
T = TypeVar("T")
#: The socket that is waited for, and for what.
Steps = Generator[tuple[socket.socket, int], None, T]

NO_CONNECTION = "no connection to the mail server"
SLOW = "the mail server did not answer in time"
NOT_SAFE = "no safe connection to the mail server (TLS failed)"
NOT_OFFERED = "the mail server does not offer the encryption or sign-in we need"
SIGNED_IN = {235, 503}
METHODS = ("CRAM-MD5", "PLAIN", "LOGIN")


class Unreachable(Exception):
    """No mail can be handed over now; the text says why, naming nobody."""


class Abilities(NamedTuple):
    """What a server said that it can do, as far as we use it."""

    pipelining: bool = False
    size: bool = False
    utf8: bool = False
    eight_bit: bool = False
    sign_in: tuple[str, ...] = ()
    starttls: bool = False


def find(server: MailServer) -> list[Address]:
    """The addresses of a server; raises Unreachable. This may wait for the DNS."""
    try:
        return socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unreachable("the mail server's name was not found") from problem


def tls_of(server: MailServer) -> ssl.SSLContext | None:
    """What to check its certificate with; None where nothing is to be encrypted."""
    if not (server.use_tls or server.use_ssl):
        return None
    try:
        context = ssl.create_default_context()
        if server.certfile:
            context.load_cert_chain(server.certfile, server.keyfile or None)
    except OSError as problem:
        raise Unreachable(NOT_SAFE) from problem
    return context


def opening(
    server: MailServer, addresses: Sequence[Address], tls: ssl.SSLContext | None
) -> Steps[tuple[Pipe, Abilities]]:
    """Ends with a connection that is ready for mail; raises Unreachable."""
    sock = yield from _connect(addresses)
    pipe = Pipe(sock)
    try:
        if tls and server.use_ssl:
            pipe = yield from _encrypt(pipe, tls, server.host)
        abilities = yield from _greet(pipe)
        if tls and server.use_tls:
            yield from _ask_for_tls(pipe, abilities)
            pipe = yield from _encrypt(pipe, tls, server.host)
            abilities = yield from _hello(pipe)
        if server.username and server.password:
            yield from _sign_in(pipe, abilities, server)
    except BaseException as problem:
        pipe.close()
        match problem:
            case ssl.SSLError():
                raise Unreachable(NOT_SAFE) from problem
            case OSError() | Closed():
                raise Unreachable(NO_CONNECTION) from problem
        raise
    return pipe, abilities


def _connect(addresses: Sequence[Address]) -> Steps[socket.socket]:
    code = 0
    for family, kind, protocol, _name, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            # A command is a small packet after a big one: do not let it wait.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = sock.connect_ex(address)
            if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
                yield sock, EVENT_WRITE
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        except BaseException:
            sock.close()
            raise
        if not code:
            return sock
        sock.close()
    if code == errno.ECONNREFUSED:
        raise Unreachable("the mail server refused the connection")
    raise Unreachable(SLOW if code == errno.ETIMEDOUT else NO_CONNECTION)


def _encrypt(pipe: Pipe, tls: ssl.SSLContext, host: str) -> Steps[Pipe]:
    if not pipe.silent:
        # Words from before the encryption are nobody's we know.
        raise Closed
    sock = tls.wrap_socket(
        pipe.sock, server_hostname=host, do_handshake_on_connect=False
    )
    pipe.sock = sock
    while True:
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            yield sock, EVENT_READ
        except ssl.SSLWantWriteError:
            yield sock, EVENT_WRITE
        else:
            return Pipe(sock)


def _greet(pipe: Pipe) -> Steps[Abilities]:
    _expect(220, (yield from _hear(pipe)))
    return (yield from _hello(pipe))


def _hello(pipe: Pipe) -> Steps[Abilities]:
    reply = yield from _ask(pipe, f"EHLO {DNS_NAME.get_fqdn()}")
    if reply.code == 250:
        return _abilities(reply.text.decode("ascii", "replace"))
    _expect(250, (yield from _ask(pipe, f"HELO {DNS_NAME.get_fqdn()}")))
    return Abilities()


def _abilities(text: str) -> Abilities:
    # Old servers write AUTH=PLAIN.
    lines = [line.upper().replace("=", " ").split() for line in text.split("\n")[1:]]
    offers = {words[0]: words[1:] for words in lines if words}
    return Abilities(
        pipelining="PIPELINING" in offers,
        size="SIZE" in offers,
        utf8="SMTPUTF8" in offers,
        eight_bit="8BITMIME" in offers,
        sign_in=tuple(offers.get("AUTH", ())),
        starttls="STARTTLS" in offers,
    )


def _ask_for_tls(pipe: Pipe, abilities: Abilities) -> Steps[None]:
    if not abilities.starttls:
        raise Unreachable(NOT_OFFERED)
    _expect(220, (yield from _ask(pipe, "STARTTLS")))


def _sign_in(pipe: Pipe, abilities: Abilities, server: MailServer) -> Steps[None]:
    methods = [method for method in METHODS if method in abilities.sign_in]
    if not methods:
        raise Unreachable(NOT_OFFERED)
    for method in methods:
        reply = yield from _ask(pipe, f"AUTH {method}")
        for word in _words(method, server, reply):
            if reply.code == 334:
                reply = yield from _ask(pipe, word)
        if reply.code in SIGNED_IN:
            return
        if reply.code == 535:
            break
    raise Unreachable("the mail server refused our user name or password")


def _words(method: str, server: MailServer, challenge: Reply) -> list[str]:
    user, password = server.username.encode(), server.password.encode()
    match method:
        case "CRAM-MD5" if challenge.code == 334:
            try:
                asked = b64decode(challenge.text)
            except ValueError as problem:
                raise Closed from problem
            digest = hmac.new(password, asked, "md5").hexdigest()
            return [_base64(user + b" " + digest.encode())]
        case "PLAIN":
            return [_base64(b"\0" + user + b"\0" + password)]
        case "LOGIN":
            return [_base64(user), _base64(password)]
    return []


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _ask(pipe: Pipe, line: str) -> Steps[Reply]:
    pipe.write(line.encode() + b"\r\n")
    while pipe.unsent:
        yield pipe.sock, EVENT_WRITE
        pipe.flush()
    return (yield from _hear(pipe))


def _hear(pipe: Pipe) -> Steps[Reply]:
    while not (replies := pipe.read()):
        yield pipe.sock, EVENT_READ
    if len(replies) > 1:
        raise Closed
    return replies[0]


def _expect(code: int, reply: Reply) -> None:
    if reply.code != code:
        told = f" ({reply.code})" if reply.code else ""
        raise Unreachable(f"the mail server is not taking mail now{told}")
