"""Widgets that draw cells: tables, bars, sentences, the lines at the top and the bottom.

May import: data, tables, text, tui.base.
"""
