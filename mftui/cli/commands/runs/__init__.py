"""`mftui runs`: list, show and compare runs, and act on them.

May import: cli.shared, engine.evaluation, engine.recipes, engine.training, errors, runs.control, runs.results,
runs.store, text.
"""
