"""Ratings from elsewhere: exports of other sites and tables like them, read, matched to movies, put into a profile.

May import: data.
"""
