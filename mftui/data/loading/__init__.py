"""From files to a Dataset: read, repair, number the ids, add titles, keep a binary copy.

May import: data, data.movies, data.readers, data.sources, data.storage, errors, paths.
"""
