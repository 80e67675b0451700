"""The secret key: from the environment, else made once and kept under DATA_DIR."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ


def secret_key_from(env: environ.Env, data_dir: Path) -> str:
    """SECRET_KEY, or a key made at the first start (production insists on its own)."""
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    path = data_dir / "secret-key"
    if not path.exists():
        made = data_dir / f".secret-key.{os.getpid()}"
        made.write_text(secrets.token_urlsafe(50))
        made.chmod(0o600)
        try:
            # link() fails where another process was first: both use the same key.
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()
