"""mftui from Python: raw ids, titles and tables on the outside, questions by index within.

The commands share it: here alone words and ids become indices, and answers become rows.

May import: data, data.incoming, data.loading, data.movies, data.profiles, data.readers, data.reading, data.storage,
data.titles, engine.compute, engine.evaluation, engine.model, engine.query, engine.recipes, engine.training, errors,
paths, runs.results, runs.store, runs.trainer, text.
"""
