"""One module for each command of `mftui`; larger groups of commands are packages. Each is imported when it is used.

May import: api, api.two_models, cli.shared, cli.shells, data, data.delimited, data.forms, data.loading, data.movies,
data.reading, data.sources, data.storage, data.synthetic, engine.compute, engine.evaluation, engine.insight,
engine.model, engine.query, engine.recipes, errors, runs.control, runs.results, runs.results.report, runs.store,
runs.trainer, settings, text.
"""
