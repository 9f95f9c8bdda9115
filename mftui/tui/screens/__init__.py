"""What the screens share; each screen is a folder that imports no other one.

May import: engine.query, tables, tui.base, tui.dialogs, tui.lists, tui.textual8, tui.widgets.
"""
