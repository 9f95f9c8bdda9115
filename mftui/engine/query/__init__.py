"""Questions to a model, each a function of it: neighbours, lists, folding in, explanations, intervals, suggestions.

Users and movies are given by their indices. NumPy only.

May import: data, data.storage, engine.model, errors, paths.
"""
