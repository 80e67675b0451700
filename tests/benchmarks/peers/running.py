"""The peers, as those who measure hold them: run once, with the sink's word for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from notifications.models import Cluster
from tests.benchmarks import letter
from tests.benchmarks.figures import Invalid
from tests.benchmarks.places import ROOT, Place
from tests.benchmarks.sinks import Sink


@dataclass(frozen=True)
class Peer:
    """A program of this package, and how it is set."""

    program: str
    label: str
    processes: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    later: bool = False

    def run(self, place: Place, sink: Sink, count: int) -> float:
        """Messages a second; raises Invalid unless all of them arrived."""
        sink.reset()
        environment = place.environment | {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.peers.settings",
            "PEER_MAIL_PORT": str(sink.port),
            "PEER_OPTIONS": json.dumps(dict(self.options)),
            "PEER_RENDER": "later" if self.later else "",
        }
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                f"tests.benchmarks.peers.{self.program}",
                str(count),
                "--processes",
                str(self.processes),
            ],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Invalid(f"{self.label}: {done.stderr.strip()[-600:]}")
        sink.checked(count)
        seconds: float = json.loads(done.stdout.splitlines()[-1])["seconds"]
        return count / seconds


def write_letter(place: Place, cluster: Cluster) -> None:
    """Lay the words out where the peers look for them."""
    compiled = letter.compiled(cluster)
    words = {"subject": compiled.subject, "html": compiled.html, "text": compiled.text}
    found = {name: letter.as_django(source) for name, source in words.items()}
    (place.folder / "letter.json").write_text(json.dumps(found))
