"""Where data comes from: the catalogue, downloads, and the files that belong to one data set.

May import: data.movies, data.readers, data.storage, errors, paths, text.
"""
