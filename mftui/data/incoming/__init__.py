"""Ratings from elsewhere: exports of other sites and tables like them, read, matched to movies, put into a profile.

May import: data, data.forms, data.profiles, data.readers, data.reading, data.storage, data.titles, errors, text.
"""
