"""Text messages, through a gateway that takes them as mail."""

from notifications.channels.sms.gateway import MailGatewayChannel

__all__ = ["MailGatewayChannel"]
