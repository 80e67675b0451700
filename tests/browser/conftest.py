"""A real set (web, workers, mail) and a real Chromium, started once for all stories."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "artefacts" / "screens"
PASSWORD = "tocsin-demo"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Generous: a busy machine is no failure of the product.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Set:
    """A running Tocsin with its demo data."""

    url: str
    data: Path

    def page_of(self, cluster: str, path: str = "") -> str:
        return f"{self.url}/c/{cluster}/admin/{path}"


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The set ended by itself with {process.returncode}.")
        try:
            urllib.request.urlopen(f"{url}/health/", timeout=5)  # noqa: S310
        except (URLError, OSError):
            time.sleep(0.3)
        else:
            return
    pytest.fail("The set did not answer within four minutes.")


@pytest.fixture(scope="package")
def tocsin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Set]:
    """The set that ``make run`` starts, in a folder of its own."""
    folder = tmp_path_factory.mktemp("set")
    port, mail = _free_ports()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY")
    }
    environment |= {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "SANDBOX_SMTP_PORT": str(mail),
        "DJANGO_SETTINGS_MODULE": "console.settings.dev",
    }
    log = (folder / "set.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--prepare"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(url, process)
        yield Set(url, folder)
    finally:
        process.terminate()
        code = process.wait(timeout=60)
        log.close()
        SCREENS.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "set.log", SCREENS.parent / "set.log")
    assert code == 0, "The set did not stop cleanly."


def _executable(playwright: Playwright) -> str | None:
    """CHROMIUM, else one on the PATH, else Playwright's own, else none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium, or a skip that says what to install.

    No longer than these tests: Playwright keeps an event loop running in the thread,
    and other tests start loops of their own.
    """
    with sync_playwright() as playwright:
        path = _executable(playwright)
        if path is None:
            pytest.skip(
                "No Chromium here. Install Debian's chromium, or set CHROMIUM to one."
            )
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A person at a browser; every page they see is watched for trouble."""

    page: Page
    tocsin: Set
    complaints: list[str]
    width: str = "desk"

    def open(self, cluster: str, path: str = "") -> None:
        response = self.page.goto(self.tocsin.page_of(cluster, path))
        assert response is not None
        assert response.status < 400, f"{path} answered {response.status}"

    def sign_in(self, email: str) -> None:
        self.page.goto(f"{self.tocsin.url}/admin/login/")
        self.page.locator("input[name=username]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/c/**")

    def shot(self, name: str) -> None:
        """Keep a picture, and see that nothing sticks out sideways."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}-{self.width}.png")
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        assert wide <= 1, f"{name} is {wide} px too wide"

    def in_every_light(self, name: str) -> None:
        """The same page light, dark and on a phone."""
        size = self.page.viewport_size
        assert size is not None
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.wait_for_timeout(150)
            self.shot(f"{name}-{scheme}")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.page.wait_for_timeout(250)
        self.shot(f"{name}-phone")
        self.page.set_viewport_size(size)


#: Makes a visitor; ``phone`` is a small screen with fingers instead of a mouse.
Invite = Callable[..., Visitor]


@pytest.fixture
def invite(chromium: Browser, tocsin: Set) -> Iterator[Invite]:
    """Several people at once. Ends by asserting that no page complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    outside: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((tocsin.url, "data:", "blob:", "about:")):
            outside.append(request.url)

    def make(*, phone: bool = False, scripts: bool = True) -> Visitor:
        width, height = (390, 844) if phone else (1360, 900)
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            accept_downloads=True,
            has_touch=phone,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", said)
        page.on("request", asked)
        return Visitor(page, tocsin, complaints, "phone" if phone else "desk")

    yield make
    for context in contexts:
        # The page may have gone already with a failed test.
        with contextlib.suppress(Error):
            context.close()
    assert not complaints, complaints
    assert not outside, outside


@pytest.fixture
def visitor(invite: Invite) -> Visitor:
    """Somebody at a desk."""
    return invite()
