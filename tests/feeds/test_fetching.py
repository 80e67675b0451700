"""Asked on the internet alone, over TLS, with an end to everything."""

from __future__ import annotations

import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.inbound import FetchFailed, check_address, fetch
from notifications.inbound.addresses import is_public
from notifications.inbound.fetching import LARGEST

from .conftest import on_loopback
from .server import give

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2001::1",
    "::127.0.0.1",
    "no number",
]
OUTSIDE = [
    "8.8.8.8",
    "93.184.216.34",
    "2606:2800:220:1::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_however_it_is_wrapped_an_address_is_judged_the_same(address):
    for wrapped in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(wrapped) == is_public(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://weather.example/",
        "https://",
        "ftp://weather.example/",
        "file:///etc/passwd",
        "weather.example",
        "https://ada:secret@weather.example/",
        "https://weather.example:nonsense/",
        "https://[::1",
        "https://weather.example/" + "a" * 500,
        "",
    ],
)
def test_only_a_plain_https_address_is_taken(url):
    with pytest.raises(FetchFailed):
        check_address(url)
    with pytest.raises(FetchFailed):
        fetch(url)


def resolving(monkeypatch, *numbers: str) -> list[str]:
    """Every name means these numbers; gives the names that were asked for."""
    asked: list[str] = []

    def find(host, port, **options):
        asked.append(host)
        family = socket.AF_INET6
        return [(family, 1, 6, "", (number, port, 0, 0)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    return asked


@pytest.fixture
def no_connection(monkeypatch):
    def refuse(*args, **options):
        raise AssertionError(f"somebody connects to {args}")

    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("number", [each for each in INSIDE if each != "no number"])
def test_a_name_that_means_an_address_inside_is_not_even_connected_to(
    monkeypatch, no_connection, number
):
    resolving(monkeypatch, number)
    with pytest.raises(FetchFailed, match="inside a network"):
        fetch("https://weather.example/alerts")


def test_one_address_inside_among_others_is_enough(monkeypatch, no_connection):
    resolving(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(FetchFailed, match="inside a network"):
        fetch("https://weather.example/alerts")


def test_the_connection_goes_to_what_was_judged_whatever_the_name_says_next(
    monkeypatch,
):
    asked = resolving(monkeypatch, "93.184.216.34")
    reached = []

    def connect(address, timeout):
        reached.append(address)
        resolving(monkeypatch, "127.0.0.1")
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchFailed, match="could not be reached"):
        fetch("https://weather.example/alerts")
    assert reached == [("93.184.216.34", 443)]
    assert asked == ["weather.example"]


def test_loopback_is_refused_for_real(publisher):
    publisher.answers["/alerts"] = b"inside"
    with pytest.raises(FetchFailed, match="inside a network"):
        fetch(publisher.url())
    assert publisher.asked == []


def test_a_document_comes_with_its_marks_and_is_not_taken_twice(publisher):
    def answer(handler):
        if handler.headers.get("If-None-Match") == '"one"':
            give(handler, b"", 304)
        else:
            give(handler, b"words", ETag='"one"', Last_Modified="Mon")

    publisher.answers["/alerts?a=b c"] = b"never"
    publisher.answers["/alerts"] = answer
    first = on_loopback(publisher.url())
    assert (first.body, first.etag, first.modified) == (b"words", '"one"', "Mon")
    again = on_loopback(publisher.url(), etag=first.etag, modified=first.modified)
    assert again.body is None
    assert publisher.asked[-1][1]["If-Modified-Since"] == "Mon"


def test_a_proxy_of_the_environment_is_not_used(publisher, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    publisher.answers["/alerts"] = b"words"
    assert on_loopback(publisher.url()).body == b"words"


def test_it_follows_a_redirect_and_judges_where_it_leads(publisher):
    publisher.answers["/alerts"] = lambda to: give(to, b"", 302, Location="/other")
    publisher.answers["/other"] = b"words"
    assert on_loopback(publisher.url()).body == b"words"
    for inside in ("https://127.0.0.2/", "https://[::1]/", "https://169.254.169.254/"):
        publisher.answers["/alerts"] = lambda to, at=inside: give(
            to, b"", 301, Location=at
        )
        with pytest.raises(FetchFailed, match="inside a network"):
            on_loopback(publisher.url())
    for plain in ("http://127.0.0.1/", "file:///etc/passwd", "ftp://a/"):
        publisher.answers["/alerts"] = lambda to, at=plain: give(
            to, b"", 307, Location=at
        )
        with pytest.raises(FetchFailed, match="https://"):
            on_loopback(publisher.url())


def test_it_follows_three_redirects_and_no_more(publisher):
    for n in range(5):
        publisher.answers[f"/{n}"] = lambda to, n=n: give(
            to, b"", 308, Location=f"/{n + 1}"
        )
    publisher.answers["/5"] = b"words"
    assert on_loopback(publisher.url("/2")).body == b"words"
    with pytest.raises(FetchFailed, match="more than three times"):
        on_loopback(publisher.url("/1"))


@pytest.mark.parametrize("said", [True, False])
def test_what_is_too_large_is_not_read(publisher, said):
    def endless(handler):
        handler.send_response(200)
        if said:
            handler.send_header("Content-Length", str(LARGEST * 4))
        else:
            handler.close_connection = True
        handler.end_headers()
        for _part in range(64):
            handler.wfile.write(b"x" * 65_536)

    publisher.answers["/alerts"] = endless
    with pytest.raises(FetchFailed, match="larger than 1 MB"):
        on_loopback(publisher.url())


@pytest.mark.parametrize("where", ["head", "body"])
def test_who_drips_is_hung_up_on(publisher, where):
    def drip(handler):
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
        for _byte in range(300):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    publisher.answers["/alerts"] = drip
    with pytest.raises(FetchFailed, match="in time"):
        on_loopback(publisher.url(), deadline=0.5)


def test_a_certificate_of_nobody_is_not_taken(publisher, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    publisher.answers["/alerts"] = b"words"
    with pytest.raises(FetchFailed, match="certificate"):
        on_loopback(publisher.url())


def test_errors_and_nonsense_are_sentences(publisher):
    with pytest.raises(FetchFailed, match="error 404"):
        on_loopback(publisher.url("/nothing"))
    publisher.answers["/alerts"] = lambda to: to.wfile.write(b"\x00nonsense\r\n\r\n")
    with pytest.raises(FetchFailed):
        on_loopback(publisher.url())
    publisher.answers["/alerts"] = lambda to: to.connection.close()
    with pytest.raises(FetchFailed):
        on_loopback(publisher.url())
