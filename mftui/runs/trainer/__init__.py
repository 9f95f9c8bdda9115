<<<<<<< HEAD
"""The process that trains: it reads its run directory, trains, and writes what it learns into it.

Begin with `main.train`; `session` has the phases. May import: runs/store, engine, data.
=======
"""The process that trains: prepare the data, train, save, write the result. It alone imports TensorFlow.

May import: data, data.loading, engine.compute, engine.evaluation, engine.export, engine.model, engine.recipes,
engine.training, errors, paths, runs.store, settings, version.
>>>>>>> 2d85220 (Packages of runs say what lives there and what they import)
"""
