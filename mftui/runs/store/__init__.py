<<<<<<< HEAD
"""The run directory as any process sees it: made, found, read, renamed, moved to the trash.

May import: data, engine/model and the table of engine/recipes; never TensorFlow, nor anything else of `runs`.
=======
"""The run directory as any process sees it: configuration, status, metrics, checkpoints, the model, notes, the trash.

Knows no trainer and no TensorFlow.

May import: data, data.sources, data.storage, engine.model, engine.recipes, errors, paths, version.
>>>>>>> 2d85220 (Packages of runs say what lives there and what they import)
"""
