"""The process that trains: prepare the data, train, save, write the result. It alone imports TensorFlow.

May import: data, data.loading, data.storage, engine.audience_block, engine.compute, engine.descent,
engine.evaluation, engine.export, engine.model, engine.query, engine.recipes, engine.training, errors, libraries,
limits, paths, runs.store, settings, streams, text, version.
"""
