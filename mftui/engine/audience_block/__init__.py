"""The audience block, trained in TensorFlow: who watches what. Groups of users, where it starts, its descent.

May import: data, engine.compute, engine.descent, engine.model, engine.training.
"""
