"""A gas leak at Riverside, and people who look at the board."""

from __future__ import annotations

from tests.broadcasts.conftest import arrived as arrived
from tests.broadcasts.conftest import both_channels as both_channels
from tests.broadcasts.conftest import careful as careful
from tests.broadcasts.conftest import drafted as drafted
from tests.broadcasts.conftest import gas as gas
from tests.broadcasts.conftest import live as live
from tests.broadcasts.conftest import residents as residents
from tests.broadcasts.conftest import submitted as submitted
from tests.delivery.conftest import quiet_bell as quiet_bell
