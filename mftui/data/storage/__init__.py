"""Files on disk: opened (also inside a zip), replaced as a whole, locked, checked; columns of strings.

May import: errors, paths, text.
"""
