"""Delimited text: its layout is found by looking, its columns are read by Arrow, its first fault is named by line.

May import: data.forms, data.readers, data.reading, data.storage, errors, text.
"""
