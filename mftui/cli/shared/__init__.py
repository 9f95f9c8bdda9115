"""What several commands use: options, tables and JSON, the model and the user that a command is about. Imports no
command.

May import: api, api.two_models, data.incoming, data.profiles, data.reading, data.sources, data.titles, engine.model,
engine.query, engine.recipes, errors, runs.store, settings, tables, text.
"""
