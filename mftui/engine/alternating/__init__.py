"""One side's rows given the other's: solved (ALS), or drawn (Gibbs sampling), in TensorFlow.

May import: data, data.loading, engine.model, engine.training, errors.
"""
