"""Mini-batch gradient descent in TensorFlow: network, objective, batches, input pipelines, optimizers, audience block.

May import: data, engine.model, engine.training, errors.
"""
