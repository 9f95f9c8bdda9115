"""Charts without a screen: points, axes, and the drawing of both into cells.

May import: tui.base, tui.widgets.
"""
