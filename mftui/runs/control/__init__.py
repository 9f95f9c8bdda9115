"""Trainers from outside: start one, keep one warm, ask one to stop, pause or continue.

May import: data.storage, errors, limits, runs.store, text.
"""
