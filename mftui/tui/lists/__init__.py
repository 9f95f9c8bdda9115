"""Lists of movies and of ratings: what is listed, in what order, as which rows, and why.

May import: api, api.two_models, data, data.movies, data.titles, engine.model, engine.query, engine.recipes, errors,
tables, text, tui.base, tui.widgets.
"""
