"""Profiles: the ratings that users of mftui enter or import, each a CSV file, and the movies of a model that they mean.

May import: data, data.forms, data.movies, data.readers, data.sources, data.storage, data.titles, errors, paths, text.
"""
