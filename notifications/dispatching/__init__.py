"""From a message and an audience to entries and batches in the log."""

from .contents import is_identical, pin, pin_all
from .fanout import OPEN, fan_out
from .further import reach_further
from .preparing import FAN_OUT, Plan, prepare
from .sheets import ChannelSheet, Forecast, Sheet, forecast, sheet

__all__ = [
    "FAN_OUT",
    "OPEN",
    "ChannelSheet",
    "Forecast",
    "Plan",
    "Sheet",
    "fan_out",
    "forecast",
    "is_identical",
    "pin",
    "pin_all",
    "prepare",
    "reach_further",
    "sheet",
]
