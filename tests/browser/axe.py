"""What axe-core finds wrong with a page: WCAG 2.2, levels A and AA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Visitor

SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Messages are shown in frames without scripts, as a mail program would; they are no
#: pages of ours.
RUN = """([tags, theirs]) => axe.run({exclude: theirs}, {
    runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], iframes: false,
})"""
#: Colours and widths come by transitions; what turns without an end is no matter.
AT_REST = """() => document.getAnimations().every(
    each => each.playState !== 'running'
        || each.effect.getComputedTiming().endTime === Infinity)"""
#: Wagtail's menu is built by its own scripts, which name the link around our mark
#: "Dashboard", whatever stands inside it.
THEIRS = [".sidebar-custom-branding"]
PHONE = 390


class Auditor:
    """Looks at pages light, dark and on a phone, and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.looked = 0

    def look(self, visitor: Visitor, name: str) -> None:
        page = visitor.page
        desk = page.viewport_size
        assert desk is not None
        wide = desk["width"]
        for scheme, width in {("light", wide), ("dark", wide), ("light", PHONE)}:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size({**desk, "width": width})
            page.wait_for_timeout(100)
            page.wait_for_function(AT_REST)
            self.looked += 1
            where = f"{name}, {scheme}, {width} px"
            self.found |= {f"{where}: {each}" for each in violations(page)}
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(desk)

    def assert_nothing_found(self) -> None:
        assert not self.found, "\n" + "\n\n".join(sorted(self.found))


def violations(page: Page) -> list[str]:
    """Rule, element and why, one for each."""
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    answer: dict[str, Any] = page.evaluate(RUN, [TAGS, THEIRS])
    assert answer["testEngine"]["name"] == "axe-core"
    return [
        f"{rule['id']}: {node['html'][:160]}: {why(node)}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def why(node: dict[str, Any]) -> str:
    return " ".join(str(node["failureSummary"]).split())
