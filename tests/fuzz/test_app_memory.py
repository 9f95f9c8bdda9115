"""What the app remembers, damaged: it starts as new, and writes it again."""

from __future__ import annotations

from pathlib import Path

from helpers.chance import damaged, fuzzed
from helpers.ratings_files import write
from hypothesis import given
from hypothesis import strategies as st

from mftui.tui.base.session_state import SessionState


@fuzzed()
@given(data=st.data())
def test_what_the_app_remembers_damaged(tmp_path: Path, data: st.DataObject) -> None:
    whole = b'{"format_version": 1, "screen": "movies", "run": "a", "search": "\\ud83d", "movies": {"sort": 1}}'
    file = write(tmp_path / "state.json", data.draw(damaged(whole)))
    memory = SessionState.load(file)
    assert isinstance(memory.text("screen"), str)
    memory.put(screen="users")
    memory.save()
    assert SessionState.load(file).text("screen") == "users" and not SessionState.load(file).trouble
