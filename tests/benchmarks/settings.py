"""The settings of `make run`, with a kind of event that is an emergency."""

from console.settings.dev import *  # noqa: F403
from console.settings.dev import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.apps.Benchmarks"]
DEBUG = False
LOGGING_CONFIG = None
