"""Train: what to train, the training as it goes, its log.

May import: child, data.reading, data.sources, engine.recipes, engine.training, errors, paths, runs.store, settings,
tables, text, tui.base, tui.charts, tui.dialogs, tui.monitor, tui.screens, tui.widgets.
"""
