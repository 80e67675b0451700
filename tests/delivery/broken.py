"""A channel that raises, which no channel may do."""

from __future__ import annotations

from contextlib import AbstractContextManager


class Broken(AbstractContextManager):
    kind = name = "email"
    deduplicates = False

    def send(self, messages):
        raise RuntimeError(f"cannot write to {next(iter(messages)).to}")
        yield

    def close(self) -> None:
        pass

    def __exit__(self, *problem) -> None:
        self.close()
