"""The dialog about a training that did not end well."""

from __future__ import annotations

from collections.abc import Mapping

from mftui.tui.dialogs.choice import MessageDialog
from mftui.tui.monitor.snapshot import Snapshot, ending


def bad_ending(snapshot: Snapshot, keys: Mapping[str, str]) -> MessageDialog:
    """Say how it ended, and what to do; `keys`: the user's own, by binding id."""
    end = ending(snapshot, keys)
    return MessageDialog(end.title, end.message, hint=end.hint, path=snapshot.log_path)
