"""Movie titles: compared, searched by words, grouped into film series.

May import: data, data.storage, errors, text.
"""
