"""How much room a directory takes."""

from __future__ import annotations

import os
from pathlib import Path


def size_of(directory: Path) -> int:
    """Bytes of all files below `directory`, each once however many names it has; what vanishes meanwhile is none."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                stat = os.lstat(f"{folder}/{name}")
            except OSError:
                continue
            if (stat.st_dev, stat.st_ino) not in seen:
                seen.add((stat.st_dev, stat.st_ino))
                total += stat.st_size
    return total


def human(size: float) -> str:
    """Bytes in words: 812 B, 7.4 MB."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 99.5 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
