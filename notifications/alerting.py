"""The words of the Common Alerting Protocol (CAP 1.2), and ours for follow-ups."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Severity(TextChoices):
    EXTREME = "Extreme", _("Extreme: danger to life")
    SEVERE = "Severe", _("Severe: serious danger")
    MODERATE = "Moderate", _("Moderate: some danger")
    MINOR = "Minor", _("Minor: little danger")
    UNKNOWN = "Unknown", _("Not known")


class Urgency(TextChoices):
    IMMEDIATE = "Immediate", _("Act now")
    EXPECTED = "Expected", _("Act within the hour")
    FUTURE = "Future", _("Act later")
    PAST = "Past", _("Over")
    UNKNOWN = "Unknown", _("Not known")


class Certainty(TextChoices):
    OBSERVED = "Observed", _("Seen: it is happening")
    LIKELY = "Likely", _("Likely")
    POSSIBLE = "Possible", _("Possible")
    UNLIKELY = "Unlikely", _("Unlikely")
    UNKNOWN = "Unknown", _("Not known")


class Kind(TextChoices):
    """CAP's categories of events."""

    GEO = "Geo", _("Ground")
    MET = "Met", _("Weather")
    SAFETY = "Safety", _("Safety")
    SECURITY = "Security", _("Security")
    RESCUE = "Rescue", _("Rescue")
    FIRE = "Fire", _("Fire")
    HEALTH = "Health", _("Health")
    ENV = "Env", _("Environment")
    TRANSPORT = "Transport", _("Transport")
    INFRA = "Infra", _("Utilities")
    OTHER = "Other", _("Other")


class Response(TextChoices):
    """What people are to do."""

    SHELTER = "Shelter", _("Stay inside")
    EVACUATE = "Evacuate", _("Leave the building")
    PREPARE = "Prepare", _("Get ready")
    EXECUTE = "Execute", _("Do what was agreed")
    AVOID = "Avoid", _("Keep away")
    MONITOR = "Monitor", _("Wait for news")
    NONE = "None", _("Nothing")


class Purpose(TextChoices):
    """What a message of a broadcast is for."""

    ALERT = "alert", _("Alert")
    UPDATE = "update", _("Update")
    ALL_CLEAR = "all_clear", _("All clear")
    SENT_IN_ERROR = "sent_in_error", _("Sent in error")
    LADDER = "ladder", _("Next step")
    CONTACT = "contact", _("To their contacts")


#: Prepared and approved together with the alert.
FOLLOW_UPS = (Purpose.UPDATE, Purpose.ALL_CLEAR, Purpose.SENT_IN_ERROR)
#: After these nothing of the broadcast goes out any more.
LAST_WORDS = (Purpose.ALL_CLEAR, Purpose.SENT_IN_ERROR)


class ContactKind(TextChoices):
    """What somebody is to a person who does not answer."""

    CARETAKER = "caretaker", _("Caretaker")
    EMERGENCY = "emergency", _("Emergency contact")


class AnswerState(TextChoices):
    """What somebody says of themselves."""

    SAFE = "safe", _("Safe")
    HELP = "help", _("Needs help")
