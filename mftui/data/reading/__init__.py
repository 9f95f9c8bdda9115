"""How a file is to be read, how it was read, and what is doubtful about that reading.

May import: data.storage, errors, text.
"""
