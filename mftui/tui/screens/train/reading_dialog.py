"""How a file of ratings is read: its first rows, which column is which, what is doubtful; all to be changed by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from mftui.data.reading.answers import answered
from mftui.data.reading.first_look import Preview
from mftui.data.reading.options import ReadOptions
from mftui.tui.base import dialog_keys, keys
from mftui.tui.base.shell import shell_of
from mftui.tui.dialogs.fields import Field, FieldsDialog
from mftui.tui.screens.train.columns import NEEDED, answers, column_rows, given_to, lines_below, said_of
from mftui.tui.screens.train.reading_job import ReadingJob
from mftui.tui.widgets.columns import Column
from mftui.tui.widgets.key_bar import KeyBar
from mftui.tui.widgets.prose import Prose
from mftui.tui.widgets.table import Table

_KINDS = ("", "users", "movies")
"""What a row can stand for in a matrix; "" is no matrix."""
_COLUMNS = (Column("#", 4, right=True), Column("Is", 8), Column("Column"), Column("First values"))
_HEAD = 2
Taken = tuple[ReadOptions, Preview]


class ReadingDialog(ModalScreen[Taken | None]):
    """Gives how the file is to be read, with what was seen of it so; None where it is left as it was.

    Parameters
    ----------
    source: a data set's name, or a path.
    how: what has been said of it.
    seen: what has been seen of it, where that was all of it.
    """

    BINDINGS = dialog_keys.READING
    AUTO_FOCUS = "#columns"

    def __init__(self, source: str, how: ReadOptions, seen: Preview | None = None) -> None:
        super().__init__()
        self._source, self._how = source, how
        self._begun = seen is not None
        self._seen = seen or Preview()
        self._roles = self._seen.roles
        self._changed = False
        self._table = Table(_COLUMNS, id="columns")
        self._below = Prose(("dim", "Reading the file."), classes="read-as")
        self._job = ReadingJob(self)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog reading"):
            yield self._table
            yield self._below
        yield KeyBar()

    def on_mount(self) -> None:
        if not self._begun:
            self._look()

    def on_resize(self) -> None:
        self._show()

    def on_unmount(self) -> None:
        self._job.cancel()

    def on_reading_job_news(self, news: ReadingJob.News) -> None:
        if not self._job.is_of_now(news):
            return
        seen = news.preview
        if seen.names or not self._seen.names:
            self._seen = seen
        else:  # what is wrong now says nothing of the columns
            self._seen = replace(self._seen, whole=seen.whole, trouble=seen.trouble)
        if seen.roles:
            self._roles = seen.roles
        self._show()

    def _look(self) -> None:
        """Look at the file anew, as it is to be read now."""
        self._seen = replace(self._seen, whole=False, notes=(), trouble=None)
        self._job.begin(self._source, self._how)
        self._show()

    def _show(self) -> None:
        seen, cursor = self._seen, self._table.cursor
        rows = column_rows(seen, self._roles, self._how.wide)
        self._table.styles.height = min(len(rows) + _HEAD, max(_HEAD + 2, self.size.height * 2 // 5))
        name = PurePath(self._source).name
        self._table.show(
            rows, caption=f"How {name} is read", detail="" if seen.whole else "reading all of it", cursor=cursor
        )
        changed_keys = shell_of(self).settings.keys
        names = {id.removeprefix("reading."): keys.key_of(id, changed_keys) for id in dialog_keys.READING_IDS}
        self._below.show(*lines_below(seen, self._roles, self._how, names, changed=self._changed))
        self._below.refresh(layout=True)

    def action_answer(self, number: int) -> None:
        """Carry out an answer to a doubt."""
        options = answers(self._seen.trouble)
        if number <= len(options):
            how = answered(self._how, options[number - 1])
            if how is None:
                shell_of(self).say("Go to a column with the arrow keys, and press the letter of what it is.")
            else:
                self._take_over(how)

    def _take_over(self, how: ReadOptions) -> None:
        self._how, self._changed = how, False
        self._look()

    def action_role(self, role: str) -> None:
        """Give the column under the cursor a role, or none."""
        at = self._table.cursor
        if not self._seen.names or self._how.wide:
            return
        before = self._roles
        self._roles = given_to(before, role, at) if role else {r: place for r, place in before.items() if place != at}
        if self._roles == before:
            return
        self._changed = True
        if all(role in self._roles for role in NEEDED):
            self._how = replace(self._how, columns=said_of(self._seen, self._roles))
            self._look()
        else:
            self._job.cancel()
            self._seen = replace(self._seen, notes=(), trouble=None)
            self._show()

    def action_found(self) -> None:
        """Take the columns as mftui finds them, and nothing else that was said."""
        self._take_over(ReadOptions())

    def action_counts(self) -> None:
        """Say that the ratings are counts, or that they are not."""
        self._take_over(replace(self._how, counts=not self._how.counts))

    def action_wide(self) -> None:
        """Say that the file is a matrix of users or of movies, or that it is none."""
        now = _KINDS.index(self._how.wide) if self._how.wide in _KINDS else 0
        self._take_over(replace(self._how, wide=_KINDS[(now + 1) % len(_KINDS)]))

    def action_missing(self) -> None:
        """Say what stands for "not rated"."""
        about = 'Values that mean "not rated", such as -1, 99 or blank; with commas between. none: every number counts.'
        self._ask("missing", "not rated", ", ".join(self._how.missing), about)

    def action_table(self) -> None:
        """Name the sheet or table."""
        self._ask("table", "sheet or table", self._how.table, "Its name, in a file that has several.")

    def _ask(self, name: str, label: str, now: str, about: str) -> None:
        def take(filled: dict[str, str] | None) -> None:
            if filled is None:
                return
            text = filled[name].strip()
            words = tuple(word.strip() for word in text.split(",") if word.strip())
            self._take_over(replace(self._how, missing=words) if name == "missing" else replace(self._how, table=text))

        field = Field(name, label, now, about, str)
        self.app.push_screen(FieldsDialog(f"How {PurePath(self._source).name} is read", [field]), take)

    def action_scroll(self) -> None:
        """Show what there is no room for; after the end, the beginning again."""
        dialog = self.query_one(".dialog")
        if dialog.scroll_offset.y < dialog.max_scroll_y:
            dialog.scroll_page_down(animate=False)
        else:
            dialog.scroll_home(animate=False)

    def action_take(self) -> None:
        """Take what is shown, unless it cannot be trained on."""
        incomplete = self._changed and not all(role in self._roles for role in NEEDED)
        if incomplete or self._seen.trouble is not None:
            shell_of(self).say("Settle first what is in red. Escape leaves all as it was.", warn=True)
        else:
            self.dismiss((self._how, self._seen))
