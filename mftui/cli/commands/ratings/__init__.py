"""`mftui rate` and `mftui ratings`: the ratings kept in profiles.

May import: api, cli.shared, data, data.incoming, data.profiles, data.storage, data.titles, engine.model, errors,
runs.store, text.
"""
