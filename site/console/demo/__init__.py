"""Three invented clusters with a past, so that no screen is empty on the first day."""

from .loading import DemoRefused, load

__all__ = ["DemoRefused", "load"]
