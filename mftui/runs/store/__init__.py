"""The run directory as any process sees it: configuration, status, metrics, checkpoints, the model, notes, the trash.

Knows no trainer and no TensorFlow.

May import: data, data.readers, data.reading, data.sources, data.storage, engine.model, engine.recipes,
engine.training, errors, paths, text, version.
"""
