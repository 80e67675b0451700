"""Templates: made, changed, copied, archived, compared; the system's kept in step."""

from .comparing import Change, Piece, compare
from .system import sync_system_templates
from .versions import Version, restore_version, version_of, versions
from .writing import archive, copy, create, problems, require_own, restore, save

__all__ = [
    "Change",
    "Piece",
    "Version",
    "archive",
    "compare",
    "copy",
    "create",
    "problems",
    "require_own",
    "restore",
    "restore_version",
    "save",
    "sync_system_templates",
    "version_of",
    "versions",
]
