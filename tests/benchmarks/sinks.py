"""The sink, as those who measure hold it: started, asked, and stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .figures import Invalid
from .places import ROOT

#: What a mail server ten milliseconds away takes for each answer.
FAR = 0.010


class Sink:
    """A mail server in a process of its own."""

    def __init__(
        self, *, rtt: float = 0.0, most: int | None = None, pipelining: bool = True
    ) -> None:
        options = ["--rtt", str(rtt)]
        if most is not None:
            options += ["--most", str(most)]
        if not pipelining:
            options.append("--unpipelined")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.sink", *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port: int = self._heard()["port"]

    def reset(self) -> None:
        self._say("reset")

    def report(self) -> dict[str, Any]:
        return self._say("report")

    def keep(self, path: Path | None) -> None:
        """Write every message down in this file from now on; None: no more."""
        self._say(f"keep {path or ''}".strip())

    def checked(self, count: int) -> dict[str, Any]:
        """The report, if exactly so many different messages came, by the rules."""
        report = self.report()
        if (report["count"], report["distinct"]) != (count, count):
            raise Invalid(
                f"{report['distinct']} different of {report['count']} messages "
                f"arrived, not {count}"
            )
        for rule in ("without_key", "early", "hasty"):
            if report[rule]:
                raise Invalid(f"{report[rule]} messages {rule}")
        return report

    def _say(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()
