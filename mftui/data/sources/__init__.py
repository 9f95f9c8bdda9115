"""Where data comes from: the catalogue, downloads, and the files that belong to one data set.

May import: data.readers, data.storage, errors, paths, text.
"""
