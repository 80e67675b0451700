"""The settings of `make run`, with a kind of event that is an emergency."""

from console.settings.dev import *  # noqa: F403
from console.settings.dev import INSTALLED_APPS, TOCSIN_CHANNELS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.apps.Benchmarks"]
DEBUG = False
LOGGING_CONFIG = None
# Texts go to the same sink, as mails to a gateway.
TOCSIN_CHANNELS["sms"] = [
    {
        "name": "sms-gateway",
        "class": "notifications.channels.sms.MailGatewayChannel",
        "options": {"domain": "sms.example"},
    }
]
