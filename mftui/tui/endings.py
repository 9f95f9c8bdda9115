"""The dialog about a training that did not end well."""

from __future__ import annotations

from mftui.tui.dialogs.choice import MessageDialog
from mftui.tui.monitor.snapshot import Snapshot, ending


def bad_ending(snapshot: Snapshot) -> MessageDialog:
    """Say how it ended, and what to do."""
    end = ending(snapshot)
    return MessageDialog(end.title, end.message, hint=end.hint, path=snapshot.log_path)
