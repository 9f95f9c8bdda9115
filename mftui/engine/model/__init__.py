"""A trained model: its parameters, its rows, the ratings that it was trained on, and its files.

A model is data and speaks in indices. NumPy only.

May import: data, data.movies, data.storage, errors.
"""
