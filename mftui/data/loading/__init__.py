"""From files to a Dataset: read, repair, number the ids, add titles, keep a binary copy.

May import: data, data.delimited, data.forms, data.movies, data.readers, data.reading, data.sources, data.storage,
errors, paths, text.
"""
