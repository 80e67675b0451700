"""The nouns of Tocsin, by concept."""

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
from .emergencies import (
    Answer,
    Broadcast,
    ChannelMode,
    PublishedAlert,
    Scenario,
)
from .history import write_history
from .installation import Incident, IncidentKind, Installation
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
from .tallies import DispatchTally

__all__ = [
    "Addressee",
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
    "Export",
    "ExportFile",
    "ExportKind",
    "ImportFile",
    "ImportRow",
    "Incident",
    "IncidentKind",
    "Installation",
    "Membership",
    "MessageTemplate",
    "NotificationLog",
    "OptOut",
    "OptOutAddress",
    "OptOutSource",
    "PublishedAlert",
    "Recipient",
    "RecipientImport",
    "RetentionDoor",
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
