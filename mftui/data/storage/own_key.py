"""A key of this user, kept beside no home: what it marks was made here, and came with nothing that was handed over.

For what a library runs, or trusts, as it is: compiled programs and search indexes.
"""

from __future__ import annotations

import errno
import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

from mftui import paths
from mftui.data.storage.regular import create_own, make_own, open_own, read_own

_BYTES = 32


def mark_of(file: Path, most: int | None = None) -> str:
    """Return what marks a file of mftui's own as made by this user; `most`: of more bytes it is refused.

    Raises OSError where the file, or the key, cannot be read.
    """
    hashed = hashlib.blake2b(key=_key(), digest_size=16)
    with open_own(file, most) as opened:
        while block := opened.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


def _key() -> bytes:
    """Return the key, made where there is none."""
    file = paths.key_file()
    if not file.exists():
        make_own(file.parent, mode=0o700)
        with suppress(FileExistsError), create_own(file, mode=0o600) as made:
            made.write(secrets.token_bytes(_BYTES))
    key = read_own(file, 1 << 10)
    if len(key) != _BYTES:
        raise OSError(errno.EINVAL, "no key of mftui; remove it", str(file))
    return key
