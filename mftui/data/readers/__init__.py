"""Readers: from a file of some format to columns, or to a DataError that names the line."""
