"""The nouns of Tocsin, by concept."""

from notifications.events import ChannelMode

from . import among as among  # Registers the lookup.
from .clusters import Cluster, Membership, Role, Zone
from .consent import (
    OptOut,
    OptOutAddress,
    OptOutSource,
    Suppression,
    SuppressionReason,
)
from .dispatches import Batch, Bypass, Dispatch, DispatchContent
from .drills import DrillPlan, Rhythm
from .emergencies import (
    Answer,
    Broadcast,
    PublishedAlert,
    Scenario,
)
from .feeds import AlertFeed, InboundAlert
from .history import write_history
from .installation import AdminMail, Incident, IncidentKind, Installation
from .jobs import (
    Export,
    ExportFile,
    ExportKind,
    ImportFile,
    ImportRow,
    RecipientImport,
    RetentionDoor,
    RowVerdict,
    WorkerBeat,
)
from .log import Addressee, NotificationLog
from .messages import Announcement, Content, MessageTemplate
from .people import ContactPoint, Recipient, Tag
from .personal import PersonalContact
from .tallies import DispatchTally

__all__ = [
    "AdminMail",
    "Addressee",
    "AlertFeed",
    "Announcement",
    "Answer",
    "Batch",
    "Broadcast",
    "Bypass",
    "ChannelMode",
    "Cluster",
    "ContactPoint",
    "Content",
    "Dispatch",
    "DispatchContent",
    "DispatchTally",
    "DrillPlan",
    "Export",
    "ExportFile",
    "ExportKind",
    "ImportFile",
    "ImportRow",
    "InboundAlert",
    "Incident",
    "IncidentKind",
    "Installation",
    "Membership",
    "MessageTemplate",
    "NotificationLog",
    "OptOut",
    "OptOutAddress",
    "OptOutSource",
    "PersonalContact",
    "PublishedAlert",
    "Recipient",
    "RecipientImport",
    "RetentionDoor",
    "Rhythm",
    "Role",
    "RowVerdict",
    "Scenario",
    "Suppression",
    "SuppressionReason",
    "Tag",
    "WorkerBeat",
    "Zone",
    "write_history",
]
