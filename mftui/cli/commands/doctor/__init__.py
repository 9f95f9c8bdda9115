"""`mftui doctor` and `mftui paths`: check this machine, and show where files are.

May import: cli.shared, data, data.storage, engine.compute, engine.recipes, errors, paths, settings, version.
"""
