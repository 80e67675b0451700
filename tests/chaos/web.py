"""Somebody at the console while all of this goes on: pages read, and one written."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

#: Any will do, as long as cookie and form have the same.
TOKEN = "c" * 32
BREATH = 0.005


class Browser:
    """Signed in; counts what went wrong, and how long each page took."""

    def __init__(self, url: str, session: str) -> None:
        self._url = url
        self._cookie = f"{session}; tocsin_csrf={TOKEN}"
        self.seconds: list[float] = []
        self.problems: list[str] = []

    def get(self, page: str) -> None:
        self._ask(page, None)

    def post(self, page: str, **fields: str) -> None:
        form = {"csrfmiddlewaretoken": TOKEN, **fields}
        self._ask(page, urllib.parse.urlencode(form).encode())

    def read(self, pages: list[str], go_on: Callable[[], bool]) -> None:
        """Page after page, with a breath between."""
        while go_on():
            for page in pages:
                self.get(page)
                time.sleep(BREATH)

    def _ask(self, page: str, data: bytes | None) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own server
            self._url + page, data, {"Cookie": self._cookie}
        )
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                answer.read()
        except urllib.error.HTTPError as problem:
            self.problems.append(f"{problem.code} for {page}")
        self.seconds.append(time.perf_counter() - began)


class Writer(threading.Thread):
    """Lets a person leave and come back, over and over."""

    def __init__(self, browser: Browser, person: int) -> None:
        super().__init__(name="writer", daemon=True)
        self._browser, self._person = browser, person
        self._stopped = threading.Event()
        self.writes = 0

    def run(self) -> None:
        while not self._stopped.is_set():
            for verb in ("restore", "archive"):
                page = f"/c/riverside/admin/people/{self._person}/{verb}/"
                self._browser.post(page, reason="They moved")
                self.writes += 1
            self._stopped.wait(0.2)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
