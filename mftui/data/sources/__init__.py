"""Where data comes from: the catalogue, downloads, and the files that belong to one data set.

May import: data.delimited, data.forms, data.movies, data.readers, data.reading, data.storage, errors, paths, text.
"""
