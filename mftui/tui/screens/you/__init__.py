"""You: the user's own ratings, what follows from them, and why.

May import: data, data.incoming, data.profiles, data.reading, data.storage, engine.insight, engine.model,
engine.query, errors, paths, tables, tui.base, tui.dialogs, tui.lists, tui.screens, tui.widgets.
"""
