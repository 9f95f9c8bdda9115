"""What the screens share; each screen is a folder that imports no other one.

May import: api.two_models, data, engine.query, errors, runs.store, tables, tui.base, tui.dialogs, tui.lists,
tui.textual8, tui.widgets.
"""
