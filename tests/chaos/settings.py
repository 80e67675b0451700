"""Settings of the processes in a chaos run: those of one machine, and three things.

An emergency without broadcasts, a provider that knows its keys, and a clock that can
be put wrong.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from console.settings.dev import *  # noqa: F403
from notifications import events
from tests.chaos import clock

GAS_LEAK = replace(
    events.ANNOUNCEMENT_POSTED,
    name="gas_leak",
    priority=events.Priority.CRITICAL,
    category=events.Category.EMERGENCY,
)
events.REGISTRY[GAS_LEAK.name] = GAS_LEAK

if "CHAOS_KEYED_PROVIDER" in os.environ:
    TOCSIN_CHANNELS = {"email": "tests.chaos.keyed.KeyedChannel"}

if "CHAOS_CLOCK" in os.environ:
    clock.follow(Path(os.environ["CHAOS_CLOCK"]))
