"""Readers: each turns a file of one format into columns, or raises a DataError that names the line.

May import: data, data.forms, data.reading, data.storage, errors, text.
"""
