"""How good a model is on test ratings, beside baselines. NumPy only.

May import: data, data.titles, engine.model, engine.query.
"""
