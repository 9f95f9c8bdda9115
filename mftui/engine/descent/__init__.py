"""Mini-batch gradient descent in TensorFlow: network, objective, batches, input pipelines, optimizers.

May import: data, engine.model, engine.training, errors.
"""
