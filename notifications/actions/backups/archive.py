"""The file of a backup: a zip with a manifest, the database and the media."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from notifications.errors import Refused

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024
#: What reading a zip raises when bytes of it have changed.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


class BrokenBackup(Refused):
    """The file is no backup, or not the one that was written."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup, and by what to know it again.

    ``database`` is ``sqlite`` or ``postgresql``; ``counts`` rows per table, as of the
    very moment; ``files`` the SHA-256 of each member; ``key`` a fingerprint that shows
    whether FINGERPRINT_KEY is still the same.
    """

    format: int
    version: str
    made_at: str
    database: str
    installation: str
    epoch: int
    migrations: list[str]
    counts: dict[str, int]
    key: str
    files: dict[str, str]


def write(path: Path, manifest: Manifest, members: Mapping[str, Path]) -> Manifest:
    """Put the members into one new file, readable by its owner alone."""
    files = {name: sha256_of(member) for name, member in members.items()}
    whole = Manifest(**(asdict(manifest) | {"files": files}))
    making = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(handle, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr(MANIFEST, json.dumps(asdict(whole), indent=2))
            for name, member in members.items():
                archive.write(member, name)
        # Refuses where somebody was faster, as rename() would not.
        os.link(making, path)
    finally:
        making.unlink()
    return whole


def read_manifest(path: Path) -> Manifest:
    """What the file says that it is; raises BrokenBackup."""
    try:
        with zipfile.ZipFile(path) as archive:
            told: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if told.get("format") != FORMAT:
            raise BrokenBackup(_OTHER_FORMAT)
        return Manifest(**told)
    except OSError as problem:
        raise BrokenBackup(
            _("%(file)s cannot be read: %(why)s.")
            % {"file": path.name, "why": problem.strerror or problem}
        ) from problem
    except _UNREADABLE as problem:
        raise BrokenBackup(_DAMAGED) from problem


def unpack(path: Path, manifest: Manifest, folder: Path) -> dict[str, Path]:
    """Every member in a folder, each compared with its checksum; raises BrokenBackup.

    Nothing but what the manifest names comes out, and nothing outside the folder.
    """
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if set(archive.namelist()) != {MANIFEST, *manifest.files}:
                raise BrokenBackup(_DAMAGED)
            for name, wanted in manifest.files.items():
                target = folder / _inside(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, target.open("xb") as copy:
                    shutil.copyfileobj(source, copy, CHUNK)
                if sha256_of(target) != wanted:
                    raise BrokenBackup(_DAMAGED)
                found[name] = target
    except _UNREADABLE as problem:
        raise BrokenBackup(_DAMAGED) from problem
    return found


def sha256_of(path: Path) -> str:
    """The checksum of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def below(folder: Path) -> Iterable[tuple[str, Path]]:
    """Every file in a folder with its name as the archive has it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise BrokenBackup(_DAMAGED)
    return path


_DAMAGED = _(
    "This file is damaged, or it is no backup of Tocsin. "
    "Nothing was changed. Use another one."
)
_OTHER_FORMAT = _(
    "This backup was written by another version of Tocsin, whose files look otherwise. "
    "Nothing was changed. Restore it with that version, then upgrade."
)
