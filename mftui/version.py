"""The version of mftui, for the package and its build, and those of other packages."""

from __future__ import annotations

__version__ = "0.1.0"


def installed_version(package: str) -> str | None:
    """Return the version of a package, None if it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def code_fingerprint() -> str:
    """Return a short text that differs where the files of mftui itself differ, also in the same version."""
    from hashlib import sha256
    from pathlib import Path

    package, found = Path(__file__).parent, sha256()
    for file in sorted(package.rglob("*.py")):
        found.update(f"{file.relative_to(package)}\n".encode() + file.read_bytes())
    return found.hexdigest()[:12]
