"""Channels know a provider and nothing of the database: messages in, receipts out."""

from notifications.channels.base import Channel, Message, Outcome, Receipt
from notifications.channels.registry import ChannelRegistry, UnknownChannel, get_channel

__all__ = [
    "Channel",
    "ChannelRegistry",
    "Message",
    "Outcome",
    "Receipt",
    "UnknownChannel",
    "get_channel",
]
