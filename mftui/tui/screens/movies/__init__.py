"""Movies: search, filter and sort; a movie's page and its neighbours.

May import: api.two_models, data, engine.model, engine.query, engine.recipes, errors, tables, tui.base, tui.dialogs,
tui.lists, tui.screens, tui.widgets.
"""
