"""What a package index shows of mftui: the README, and where the project is.

The address is that of the repository, as MFTUI_ADDRESS says when the package is built; links and pictures of the README
then lead there. Without an address there are no project links, and those of the README stay as they are.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(!?)(\[[^]]*\])\((?![a-z]+:|#)([^)\s]+)\)")
PAGES = {
    "Homepage": "",
    "Documentation": "/blob/main/docs/guide.md",
    "Changelog": "/blob/main/CHANGELOG.md",
    "Issues": "/issues",
}


class Described(MetadataHookInterface):
    """Adds the description and the project links."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add them to `metadata`."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        if address := os.environ.get("MFTUI_ADDRESS", "").rstrip("/"):
            metadata["urls"] = {name: address + page for name, page in PAGES.items()}
            text = _LINK.sub(lambda link: f"{link[1]}{link[2]}({address}/{_kind(link[1])}/main/{link[3]})", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def _kind(picture: str) -> str:
    return "raw" if picture else "blob"
