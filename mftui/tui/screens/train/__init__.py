"""Train: what to train, the training as it goes, its log.

May import: engine.recipes, errors, runs.store, settings, tui.base, tui.charts, tui.dialogs, tui.monitor, tui.screens,
tui.widgets.
"""
