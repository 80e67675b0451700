"""Email, over SMTP of our own or any Django mail backend (anymail's included)."""

from notifications.channels.email.channel import EmailChannel

__all__ = ["EmailChannel"]
