"""Made-up ratings with known tastes: the embedded sample, and data sets of any size.

May import: data.storage, errors.
"""
