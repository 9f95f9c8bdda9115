"""Mini-batch gradient descent in TensorFlow: network, objective, batches, input pipelines, optimizers.

May import: data, data.storage, engine.model, engine.training, errors.
"""
