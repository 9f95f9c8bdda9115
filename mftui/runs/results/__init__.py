"""What is made of finished runs: evaluation, cross-validation, tuning, exports, reports.

May import: data, data.loading, data.reading, data.storage, engine.evaluation, engine.export, engine.model,
engine.query, engine.recipes, engine.training, errors, paths, runs.store, runs.trainer, text.
"""
