"""t-SNE of the open model, computed beside the app: progress, cancel, and what came of it kept."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from mftui.engine.insight.layout import Layout, tsne_layout
from mftui.errors import MftuiError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.dom import DOMNode

    from mftui.engine.insight.principal_axes import Axes


class TsneJob:
    """At most one computation at a time; `owner` is sent Progress."""

    @dataclass
    class Progress(Message, bubble=False):
        """How far it is; None once it has ended."""

        share: float | None
        done: bool = False
        trouble: str = ""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TsneJob.Progress) and not message.done and not message.trouble

    def __init__(self, owner: DOMNode) -> None:
        self._owner = owner
        self._stop: threading.Event | None = None
        self._kept: Layout | None = None
        self.layout: Layout | None = None
        """What is shown, None while that is not t-SNE: what was computed is kept."""

    @property
    def busy(self) -> bool:
        """Return whether a layout is being computed."""
        return self._stop is not None

    def begin(self, axes: Axes, counts: NDArray[np.int32]) -> None:
        """Begin to compute; `layout` is set before the last Progress."""
        self.cancel()
        self._stop = threading.Event()
        self._owner.run_worker(self._run(self._stop, axes, counts), group="tsne")

    def cancel(self) -> None:
        """End the computation under way."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None
            self._owner.post_message(self.Progress(None))

    def take_out(self) -> bool:
        """Show what was computed before; False where there is nothing."""
        self.layout = self._kept
        return self.layout is not None

    def forget(self) -> None:
        """Forget the layout: the model is another."""
        self.cancel()
        self.layout = self._kept = None

    async def _run(self, stop: threading.Event, axes: Axes, counts: NDArray[np.int32]) -> None:
        owner, said = self._owner, self.Progress

        def tell(share: float) -> None:
            if not stop.is_set():
                owner.post_message(said(share))

        tell(0.0)
        trouble, made = "", None
        try:
            made = await asyncio.to_thread(tsne_layout, axes, counts, tell, stop.is_set)
        except MftuiError as error:
            trouble = str(error)
        if self._stop is not stop:  # cancelled, and perhaps begun anew
            return
        self._stop = None
        if made is not None:
            self._kept = self.layout = made
        owner.post_message(said(None, done=made is not None, trouble=trouble))
