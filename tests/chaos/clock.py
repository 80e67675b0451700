"""A clock that can be put wrong for the processes of one machine only."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The hand that puts it wrong; processes with its ``environment`` follow it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_bytes(struct.pack("d", 0))
        library = folder / "clock.so"
        compiler = shutil.which("cc")
        if compiler is None:
            raise LookupError("the clock needs a C compiler (cc)")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"],
            check=True,
        )
        self.environment = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self._file)}

    def put(self, ahead: float) -> None:
        """Seconds ahead of the true time, for everybody who follows."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("d", ahead))
