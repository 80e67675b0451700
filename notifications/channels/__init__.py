"""Channels know a provider and nothing of the database: messages in, receipts out."""

from notifications.channels.base import (
    Attachment,
    Channel,
    Form,
    Message,
    Outcome,
    Receipt,
)
from notifications.channels.registry import ChannelRegistry, UnknownChannel, get_channel

__all__ = [
    "Attachment",
    "Channel",
    "ChannelRegistry",
    "Form",
    "Message",
    "Outcome",
    "Receipt",
    "UnknownChannel",
    "get_channel",
]
