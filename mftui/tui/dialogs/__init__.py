"""Dialogs: choose, pick, fill in, filter, export a table, help.

May import: data, data.profiles, data.sources, data.storage, engine.model, engine.query, engine.recipes,
engine.training, errors, paths, tables, text, tui.base, tui.lists, tui.widgets.
"""
