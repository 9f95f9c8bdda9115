"""Users: a user's ratings beside predictions, the user's page, recommendations.

May import: api.two_models, data, engine.evaluation, engine.model, engine.query, engine.recipes, errors, tables,
tui.base, tui.dialogs, tui.lists, tui.screens, tui.widgets.
"""
