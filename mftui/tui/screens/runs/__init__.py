"""Runs: all trainings in a table, their curves, settings and calibration.

May import: child, engine.evaluation, engine.recipes, engine.training, errors, paths, runs.control, runs.store,
tables, text, tui.base, tui.charts, tui.dialogs, tui.lists, tui.monitor, tui.screens, tui.widgets.
"""
