"""Mini-batch gradient descent in TensorFlow: network, objective, batches, input pipelines, optimizers, audience block.

May import `engine.training`, `engine.model` and `engine.compute`.

May import: data, engine.model, engine.training, errors.
"""
