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
# Also read then. They are for those who try out an app of Textual: it presses keys by itself, draws elsewhere, ends
# with a picture of itself in the working directory. Set for another app, they must not do this here.
for _name in ("DRIVER", "PRESS", "SCREENSHOT", "SCREENSHOT_LOCATION", "SCREENSHOT_FILENAME"):
    os.environ.pop(f"TEXTUAL_{_name}", None)
if os.environ.get("TEXTUAL_COLOR_SYSTEM") not in ("standard", "256", "truecolor"):
    os.environ.pop("TEXTUAL_COLOR_SYSTEM", None)
