"""What all of the app shares: keys, display, messages, Shell, background work, session state.

May import: data.sources, data.storage, data.titles, engine.model, engine.recipes, errors, runs.store, settings, text.
"""
