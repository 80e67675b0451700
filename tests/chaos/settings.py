"""Settings of the processes in a chaos run: those of one machine, and two things.

An emergency without broadcasts, and a provider that knows its keys.
"""

from __future__ import annotations

import os
from dataclasses import replace

from console.settings.dev import *  # noqa: F403
from notifications import events

GAS_LEAK = replace(
    events.ANNOUNCEMENT_POSTED,
    name="gas_leak",
    priority=events.Priority.CRITICAL,
)
events.REGISTRY[GAS_LEAK.name] = GAS_LEAK

if "CHAOS_KEYED_PROVIDER" in os.environ:
    TOCSIN_CHANNELS = {"email": "tests.chaos.keyed.KeyedChannel"}
