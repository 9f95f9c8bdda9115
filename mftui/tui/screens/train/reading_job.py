"""Has a child process look at a file of ratings: its beginning at once, then all of it. The app itself reads none."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from mftui.child import run_child
from mftui.errors import MftuiError

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from mftui.data.reading.first_look import Preview
    from mftui.data.reading.options import ReadOptions

_MODULE = "mftui.data.loading.preview"
_FAILED = "The file could not be read: "


class ReadingJob:
    """At most one look at a time; `owner` is sent News."""

    @dataclass
    class News(Message, bubble=False):
        """What has been seen; `preview.whole` with the last."""

        preview: Preview
        turn: threading.Event

    def __init__(self, owner: DOMNode) -> None:
        self._owner = owner
        self._turn: threading.Event | None = None
        self.busy = False
        """Whether it is looking at something."""

    def begin(self, source: str, how: ReadOptions) -> None:
        """Begin to look at `source`; what was looked at before is of no interest any more."""
        self.cancel()
        self._turn, self.busy = (turn := threading.Event()), True
        self._owner.run_worker(self._run(turn, source, how), group="reading")

    def cancel(self) -> None:
        """End the look under way."""
        if self._turn is not None:
            self._turn.set()
            self._turn, self.busy = None, False

    def is_of_now(self, news: News) -> bool:
        """Return whether the news are of what was asked for last."""
        return news.turn is self._turn

    async def _run(self, turn: threading.Event, source: str, how: ReadOptions) -> None:
        from mftui.data.reading.first_look import Preview, Trouble

        def heard(line: str) -> None:
            tell(Preview.from_document(json.loads(line)))

        def tell(preview: Preview) -> None:
            self.busy = self.busy and not (preview.whole and turn is self._turn)
            self._owner.post_message(self.News(preview, turn))

        arguments = source, json.dumps(how.document())
        try:
            await asyncio.to_thread(
                run_child, _MODULE, *arguments, failure=_FAILED, on_line=heard, cancelled=turn.is_set
            )
        except MftuiError as error:
            tell(Preview(whole=True, trouble=Trouble.of(error)))
