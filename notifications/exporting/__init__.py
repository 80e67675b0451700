"""Takes rows away as files: who asked, what for, page by page, formula-safe."""

from .jobs import run, waiting

__all__ = ["run", "waiting"]
