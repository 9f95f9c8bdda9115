"""A screen whose choices (sorts, filters, blocks) are remembered from one session to the next."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, ClassVar, Generic, TypeVar

from mftui.tui.base.session_state import revived
from mftui.tui.screens.base import BaseScreen

Choices = TypeVar("Choices", bound=Any)


class ChoosingScreen(BaseScreen, Generic[Choices]):
    """Subclasses say what is chosen: CHOICES, a frozen dataclass whose fields JSON can hold."""

    CHOICES: ClassVar[type[Any]]

    def __init__(self) -> None:
        super().__init__()
        self._choices: Choices = self.CHOICES()

    def remembered(self) -> Choices:
        """What was chosen last, as it was; not yet checked."""
        found: Choices = revived(self.CHOICES(), self.mftui.memory.get(self.MODE))
        return found

    def choose(self, **changes: Any) -> None:
        """Other choices, remembered."""
        self._choices = replace(self._choices, **changes)
        self.mftui.remember(**{self.MODE: asdict(self._choices)})
