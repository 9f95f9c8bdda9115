"""`mftui doctor` and `mftui paths`: check this machine, and show where files are.

May import: cli.shared, engine.recipes, errors, paths, runs.trainer, settings, text, version.
"""
