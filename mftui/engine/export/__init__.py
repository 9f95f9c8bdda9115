"""A trained model as other programs read it: tables, HDF5, TensorBoard, SavedModel.

TensorFlow is imported late, by the SavedModel and the event files alone.

May import: child, data, data.storage, engine.compute, engine.model, engine.query, engine.recipes, text.
"""
