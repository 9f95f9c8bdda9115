"""Map: films as points in two dimensions, and the axes that the model found.

May import: data.profiles, data.titles, engine.insight, engine.model, engine.query, errors, tables, tui.base,
tui.dialogs, tui.lists, tui.screens, tui.widgets.
"""
