"""A disk of our own, small enough to fill."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

#: Bytes written at once: the last byte counts.
PIECE = 4096


class SmallDisk:
    """A file system in memory, mounted on a folder; mounting takes root."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._size = folder, megabytes
        self._ballast = folder / "ballast"

    def __enter__(self) -> Self:
        self.folder.mkdir()
        size = f"size={self._size}m,mode=755"
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.folder)], check=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Lazily: whoever still runs on it keeps its files, and nobody else sees them.
        subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def fill(self, seconds: float) -> None:
        """Keep every byte taken for so long, whatever is deleted meanwhile."""
        end = time.monotonic() + seconds
        with self._ballast.open("ab", buffering=0) as ballast:
            while time.monotonic() < end:
                for piece in (PIECE * 256, PIECE):
                    _until_full(ballast.write, bytes(piece))
                time.sleep(0.02)
        self._ballast.unlink()


def _until_full(write: object, piece: bytes) -> None:
    assert callable(write)
    with suppress(OSError):
        while write(piece):
            pass
