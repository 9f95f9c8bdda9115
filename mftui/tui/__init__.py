"""The terminal app."""

import os

# Read by Textual when it is imported. What a key changes often comes in two parts, of which the second waits for the
# next frame: at Textual's own 60 a second that is up to 17 ms of waiting for nothing.
os.environ.setdefault("TEXTUAL_FPS", "120")
