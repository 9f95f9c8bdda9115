"""Charts without a screen: points, axes, and the drawing of both into cells.

May import: tables, tui.base, tui.widgets.
"""
