"""You: the user's own ratings, what follows from them, and why.

May import: data, data.profiles, data.storage, engine.insight, engine.model, engine.query, errors, tui.base,
tui.dialogs, tui.lists, tui.screens, tui.widgets.
"""
