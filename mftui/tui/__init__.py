"""The terminal app: reads run directories, starts trainings in other processes, and shows both.

`app` is the Shell of the screens, which `registry` makes. Lower may not import higher:
base, textual8 < widgets < charts < lists < dialogs < monitor < screens < screens.NAME < the modules here.

May import: data.profiles, errors, paths, runs.store, settings, tui.base, tui.dialogs, tui.monitor, tui.screens,
tui.screens.movies, tui.screens.runs, tui.screens.train, tui.screens.users, tui.screens.you, tui.textual8,
tui.widgets.
"""

import os

# Read by Textual when it is imported. What a key changes often comes in two parts, of which the second waits for the
# next frame: at Textual's own 60 a second that is up to 17 ms of waiting for nothing.
os.environ.setdefault("TEXTUAL_FPS", "120")
