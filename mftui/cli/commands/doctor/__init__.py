"""`mftui doctor` and `mftui paths`: check this machine, and show where files are.

May import: cli.shared, engine.descent, errors, mftui, paths, runs.trainer, settings, text.
"""
