<<<<<<< HEAD
"""What is made of finished runs: measures, cross-validation, tuning, exports, reports.

May import: runs/store, runs/trainer, engine, data.
=======
"""What is made of finished runs: evaluation, cross-validation, tuning, exports, reports.

May import: data, data.loading, engine.evaluation, engine.export, engine.model, engine.query, engine.recipes,
engine.training, errors, paths, runs.store, runs.trainer.
>>>>>>> 2d85220 (Packages of runs say what lives there and what they import)
"""
